import Glibc

/// Waits for something that tells nobody when it happens.
struct Patience {
    let seconds: Double

    /// Looks every 10 ms; `false` when the time is up.
    func wait(until isDone: () -> Bool) -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        while !isDone() {
            guard ContinuousClock.now < end else { return false }
            usleep(10_000)
        }
        return true
    }
}
