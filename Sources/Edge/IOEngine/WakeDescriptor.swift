import CLinux
import Glibc

/// An eventfd that wakes an engine. It lives as long as any waker, so that a late wake-up never reaches a connection
/// whose descriptor has the same number.
final class WakeDescriptor: Sendable {
    let descriptor: Int32

    init() throws(SystemError) {
        descriptor = eventfd(0, WEIR_EVENTFD_FLAGS)
        guard descriptor >= 0 else { throw SystemError("eventfd") }
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Wakes the engine, from any thread.
    func wake() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(descriptor, &one, 8)
    }

    /// Clears the wake-ups so far.
    func reset() {
        var count: UInt64 = 0
        _ = unsafe Glibc.read(descriptor, &count, 8)
    }
}
