/// The contents of `postmaster.pid`, which a running PostgreSQL writes.
///
/// Source: PostgreSQL, src/include/utils/pidfile.h: process on line 1, state of the server on line 8.
struct PostmasterFile: Hashable {
    let process: Int32
    /// Whether it accepts connections: line 8 is `ready`.
    let isReady: Bool

    /// Parses the file's text; `nil` if it does not contain the process yet.
    init?(text: some StringProtocol) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // A negative number is a single-user backend's.
        guard let first = lines.first, let process = Int32(String(first.filter { !$0.isWhitespace })), process > 1
        else {
            return nil
        }
        self.process = process
        isReady = lines.count > 7 && String(lines[7].filter { !$0.isWhitespace }) == "ready"
    }
}
