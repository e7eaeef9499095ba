import CLinux
import Glibc
import MonotonicTime

/// Ends a wait at a distant deadline: a timerfd, watched like any other descriptor.
///
/// A worker always has some deadline seconds or minutes ahead, and few waits last that long. With a time-out per wait
/// the kernel starts and stops a timer each time: 3 % of a transaction's processor time with one client. The alarm is
/// set once and left alone; one that expires before the then next deadline costs a turn and is set again.
struct Alarm: ~Copyable {
    /// The minimum distance, in nanoseconds. A time-out is better for nearer deadlines: many of them pass or change
    /// soon.
    static let far: Int64 = 50_000_000

    let descriptor: Int32
    /// The time at which it expires.
    private var time: Instant?

    init() throws(SystemError) {
        descriptor = weir_make_timer()
        guard descriptor >= 0 else { throw SystemError("timerfd_create") }
    }

    deinit { Glibc.close(descriptor) }

    /// The time-out for a wait until the deadline, in nanoseconds; `nil` if the alarm ends the wait, or nothing does.
    mutating func timeout(until deadline: Instant?, now: Instant) -> Int64? {
        guard let deadline else { return nil }
        if let time, time <= deadline { return nil }
        let left = deadline.nanoseconds(since: now)
        guard left >= Self.far, weir_set_timer(descriptor, deadline.nanoseconds) == 0 else { return max(0, left) }
        time = deadline
        return nil
    }

    /// Resets the alarm after it has expired.
    mutating func reset() {
        var count: UInt64 = 0
        _ = unsafe Glibc.read(descriptor, &count, 8)
        time = nil
    }
}
