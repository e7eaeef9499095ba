import Glibc
import Synchronization

/// Hands a number from the thread that knows it to the one that waits for it.
final class StatusAnswer: Sendable {
    private let value = Mutex<UInt64?>(nil)

    func put(_ number: UInt64) { value.withLock { $0 = number } }

    /// Waits a tenth of a second at most; 0 when there was no answer.
    func take() -> UInt64 {
        for _ in 0..<100 {
            if let number = value.withLock({ $0 }) { return number }
            usleep(1_000)
        }
        return 0
    }
}
