import MonotonicTime

extension Duration {
    /// No limit, for one call: `timeout: .noLimit` waits forever, where `nil` means the pool's default.
    ///
    /// Every duration of a hundred years or more counts as no limit, everywhere in the library.
    public static var noLimit: Duration { .seconds(Int64.max) }

    /// The longest duration that clocks can sleep without overflow: a hundred years at most.
    var sleepable: Duration { min(self, .seconds(100 * 365 * 86_400)) }

    /// The duration as every message prints it: `400 µs`, `250 ms`, `30 s`, `1.5 s`.
    package var inWords: String {
        let nanoseconds = wholeNanoseconds
        let (sign, milliseconds) = (nanoseconds < 0 ? "-" : "", nanoseconds.magnitude / 1_000_000)
        if milliseconds == 0, nanoseconds != 0 { return "\(sign)\(nanoseconds.magnitude / 1000) µs" }
        if milliseconds < 1000 { return "\(sign)\(milliseconds) ms" }
        let (seconds, tenths) = (milliseconds / 1000, milliseconds % 1000 / 100)
        return tenths == 0 ? "\(sign)\(seconds) s" : "\(sign)\(seconds).\(tenths) s"
    }
}
