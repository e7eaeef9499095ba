import CLinux
import Glibc
import MonotonicTime

/// The time of day, for the console and the log; nothing is decided by it.
enum WallClock {
    /// Seconds since 1970.
    static func seconds() -> Int64 { Int64(time(nil)) }
}

extension Instant {
    /// The monotonic clock, for what happens outside the workers' engines.
    static func now() -> Instant { Instant(nanoseconds: weir_monotonic_nanoseconds()) }
}
