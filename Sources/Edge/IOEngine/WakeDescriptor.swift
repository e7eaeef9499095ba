import CLinux
import Glibc

/// What wakes an engine: an eventfd. Lives as long as anybody may still wake the engine, so that a late wake-up never
/// reaches a connection that has been given the same number.
final class WakeDescriptor: Sendable {
    let descriptor: Int32

    init() throws(SystemError) {
        descriptor = eventfd(0, WEIR_EVENTFD_FLAGS)
        guard descriptor >= 0 else { throw SystemError("eventfd") }
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// From any thread.
    func wake() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(descriptor, &one, 8)
    }

    /// The wake-ups so far have been noticed.
    func reset() {
        var count: UInt64 = 0
        _ = unsafe Glibc.read(descriptor, &count, 8)
    }
}
