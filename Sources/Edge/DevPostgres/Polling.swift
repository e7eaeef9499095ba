import Glibc

/// Waits for a condition that has no notification.
struct Polling {
    let seconds: Double

    /// Checks every 10 ms; `false` if the time limit is reached.
    func wait(until isDone: () -> Bool) -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        while !isDone() {
            guard ContinuousClock.now < end else { return false }
            usleep(10_000)
        }
        return true
    }
}
