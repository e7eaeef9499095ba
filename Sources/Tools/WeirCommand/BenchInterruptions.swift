import Glibc
import Synchronization

/// Counts Ctrl-C and its kin while a load runs.
enum BenchInterruptions {
    private static let counter = Atomic<Int>(0)

    /// How many there were.
    static var count: Int { counter.load(ordering: .relaxed) }

    /// Begins to count. The third ends the process on the spot.
    static func begin() {
        _ = count  // a handler is no place to initialise the counter
        for number in [SIGINT, SIGTERM, SIGHUP] {
            _ = signal(number) { _ in
                if BenchInterruptions.note() > 2 { _exit(130) }
            }
        }
    }

    private static func note() -> Int { counter.add(1, ordering: .relaxed).newValue }
}
