import PoolCore

extension PoolDriver {
    /// What must hold between two entries and does not, in words; empty when all is well. For tests.
    package var brokenInvariants: [String] { locked { state, _, _ in state.group.brokenInvariants } }

    /// Connections and callers that are on the books. For tests.
    package var recordCount: Int {
        locked { state, _, _ in state.entries.count { $0 != nil } + state.group.recordCount }
    }
}
