import CLinux
import Glibc
import MonotonicTime

/// Ends a wait at a deadline that is not near: a timerfd, watched like any other descriptor.
///
/// A worker always has some deadline seconds or minutes ahead, and few waits last that long. A time-out of its own makes
/// the kernel start and stop a timer for each wait: 3 % of a transaction's processor time with one client. The alarm is
/// set once and left alone; one that goes off before what is by then the next deadline costs a turn and is set again.
struct Alarm: ~Copyable {
    /// Nearer deadlines are better met by a time-out: many of them pass or change before long.
    static let far: Int64 = 50_000_000

    let descriptor: Int32
    /// When it will go off.
    private var time: Instant?

    init() throws(SystemError) {
        descriptor = weir_make_timer()
        guard descriptor >= 0 else { throw SystemError("timerfd_create") }
    }

    deinit { Glibc.close(descriptor) }

    /// Nanoseconds that a wait until the deadline may last; `nil` when the alarm or nobody ends it.
    mutating func timeout(until deadline: Instant?, now: Instant) -> Int64? {
        guard let deadline else { return nil }
        if let time, time <= deadline { return nil }
        let left = deadline.nanoseconds(since: now)
        guard left >= Self.far, weir_set_timer(descriptor, deadline.nanoseconds) == 0 else { return max(0, left) }
        time = deadline
        return nil
    }

    /// It went off.
    mutating func reset() {
        var count: UInt64 = 0
        _ = unsafe Glibc.read(descriptor, &count, 8)
        time = nil
    }
}
