import Glibc

/// Unbuffered output to standard output and standard error.
///
/// Write errors are ignored: if the terminal or the pipe is gone, the program continues.
enum Terminal {
    static func say(_ text: String) { write("\(text)\n", to: 1) }
    static func complain(_ text: String) { write("\(text)\n", to: 2) }

    /// Writes without ending the line.
    static func show(_ text: String) { write(text, to: 1) }

    /// Whether standard output is a terminal.
    static var isWatched: Bool { isatty(1) == 1 }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
