import Synchronization

/// Collects a ``Snapshot`` from all workers.
///
/// Workers contribute between two turns, so each part is consistent; the last one to contribute finishes.
final class Gathering: Sendable {
    let wantsConnections: Bool
    private let state: Mutex<(missing: Int, sum: Snapshot)>
    private let finish: @Sendable (Snapshot) -> Void

    /// - Parameter finish: called once, on the thread of the last worker.
    init(workerCount: Int, wantsConnections: Bool, finish: @escaping @Sendable (Snapshot) -> Void) {
        self.wantsConnections = wantsConnections
        self.finish = finish
        state = Mutex((workerCount, Snapshot()))
    }

    func add(_ part: Snapshot) {
        let whole = state.withLock { state -> Snapshot? in
            state.sum += part
            state.missing -= 1
            return state.missing == 0 ? state.sum : nil
        }
        if let whole { finish(whole) }
    }
}
