import Foundation

/// A line on the terminal that shows the progress, the speed and the remaining time. Prints nothing if standard error
/// is not a terminal.
final class ProgressBar {
    private let total: Int
    private let label: String
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var lastShown: ContinuousClock.Instant

    init(total: Int, label: String) {
        self.total = total
        self.label = label
        start = clock.now
        lastShown = start - .seconds(1)
    }

    /// Starts a new line of output: erases the bar, if there can be one.
    static let newLine = isTerminal ? "\r\u{1B}[K" : ""
    private static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Shows the number of bytes processed, at most ten times a second.
    func show(_ done: Int) {
        guard Self.isTerminal, clock.now - lastShown > .milliseconds(100) else { return }
        lastShown = clock.now
        write("\r" + line(done) + "\u{1B}[K")
    }

    /// Shows the result.
    func finish(_ result: String) {
        let seconds = (clock.now - start) / .seconds(1)
        write("\(Self.newLine)\(label): \(result) in \(String(format: "%.1f", seconds)) s\n")
    }

    private func line(_ done: Int) -> String {
        let seconds = max((clock.now - start) / .seconds(1), 0.001), rate = Double(done) / seconds
        let speed = String(format: "%6.1f MB/s", rate / 1e6)
        guard total > 0 else { return "\(label)  \(done / 1_000_000) MB  \(speed)" }
        let share = min(1, Double(done) / Double(total)), width = 30, filled = Int(share * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let percent = String(format: "%3.0f %%", share * 100)
        let left = String(format: "%.0f s left", rate > 0 ? Double(total - done) / rate : 0)
        return "\(label)  \(bar) \(percent)  \(speed)  \(left)"
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
