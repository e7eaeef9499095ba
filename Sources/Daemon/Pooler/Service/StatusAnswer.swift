import Dispatch
import Synchronization

/// Hands a number from the thread that knows it to the one that waits for it.
final class StatusAnswer: Sendable {
    private let value = Mutex<UInt64?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func put(_ number: UInt64) {
        value.withLock { $0 = number }
        isThere.signal()
    }

    /// Waits a tenth of a second at most; 0 when there was no answer.
    func take() -> UInt64 {
        _ = isThere.wait(timeout: .now() + .milliseconds(100))
        return value.withLock { $0 } ?? 0
    }
}
