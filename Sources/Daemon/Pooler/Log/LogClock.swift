import Glibc

/// The beginning of a log line: `2026-11-21 03:24:56.979 UTC [2498] `.
struct LogClock {
    private let processID = getpid()
    /// What the two pieces were made for: they are made once a second.
    private var second = Int.min
    private var beforeMilliseconds: [UInt8] = []
    private var afterMilliseconds: [UInt8] = []

    /// Appends the present time to `line`.
    mutating func write(into line: inout [UInt8]) {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        if now.tv_sec != second { format(second: now.tv_sec) }
        line += beforeMilliseconds
        let milliseconds = now.tv_nsec / 1_000_000
        for digit in [milliseconds / 100, milliseconds / 10 % 10, milliseconds % 10] {
            line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
        }
        line += afterMilliseconds
    }

    private mutating func format(second: Int) {
        var second = second
        var parts = unsafe tm()
        unsafe localtime_r(&second, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let date = unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        let time = unsafe "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        let zone = unsafe parts.tm_zone.map { unsafe String(cString: $0) } ?? "UTC"
        beforeMilliseconds = Array("\(date) \(time).".utf8)
        afterMilliseconds = Array(" \(zone) [\(processID)] ".utf8)
        self.second = second
    }
}
