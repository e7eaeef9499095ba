import Glibc
import LoadPlan

/// Shows the progress of a load: on a terminal one line that is rewritten, otherwise a line every five seconds. It uses
/// standard error, because a program may read standard output.
struct BenchProgress {
    /// The beginning of each line.
    var prefix = ""

    private let isSilent: Bool
    private let isTerminal = isatty(2) == 1
    private var isShown = false
    private var lastStage: LoadProgress.Stage?
    private var lastLine = Duration.zero
    private static let interval: Duration = .seconds(5)

    init(isSilent: Bool) { self.isSilent = isSilent }

    mutating func show(_ progress: LoadProgress) {
        guard !isSilent else { return }
        if isTerminal {
            let width = Self.width - 1 - prefix.count
            write("\r\u{1B}[K" + prefix + progress.line(width: width))
            isShown = true
            return
        }
        if progress.stage != lastStage {
            lastStage = progress.stage
            lastLine = .zero
        }
        guard progress.elapsed - lastLine >= Self.interval else { return }
        lastLine = progress.elapsed
        write(prefix + progress.line(width: nil) + "\n")
    }

    /// Clears the line before other output.
    mutating func clear() {
        if isShown { write("\r\u{1B}[K") }
        isShown = false
        lastStage = nil
    }

    private static var width: Int {
        var size = winsize()
        guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(2, bytes, bytes.count)
    }
}
