import Glibc
import Synchronization

/// Counts Ctrl-C and similar signals while a load runs.
enum BenchInterruptions {
    private static let counter = Atomic<Int>(0)

    /// The number of signals so far.
    static var count: Int { counter.load(ordering: .relaxed) }

    /// Begins to count. The third signal ends the process immediately.
    static func begin() {
        _ = count  // a signal handler must not initialize the counter
        for number in [SIGINT, SIGTERM, SIGHUP] {
            _ = signal(number) { _ in
                if BenchInterruptions.note() > 2 { _exit(130) }
            }
        }
    }

    private static func note() -> Int { counter.add(1, ordering: .relaxed).newValue }
}
