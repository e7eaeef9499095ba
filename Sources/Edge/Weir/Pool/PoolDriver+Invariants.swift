import PoolCore

extension PoolDriver {
    /// The invariants that are violated between two calls, in words; empty if there are none. For tests.
    package var brokenInvariants: [String] { locked { state, _, _ in state.group.brokenInvariants } }

    /// The number of connections and callers that are recorded. For tests.
    package var recordCount: Int {
        locked { state, _, _ in state.entries.count { $0 != nil } + state.group.recordCount }
    }
}
