/// The invariants that the other files name, checked all at once.
extension PoolGroup {
    /// What does not hold of what must hold between events, in words; empty when all is well.
    ///
    /// For tests: it looks at every record. O(pools + servers + waiters + databases + users)
    package var brokenInvariants: [String] {
        var check = InvariantCheck(self)
        check.run()
        return check.broken
    }

    /// Servers, waiting clients and cancel requests that are recorded. For tests.
    package var recordCount: Int { servers.count + waiters.count + cancels.count }
}
