extension PoolGroup {
    /// What always holds between events: each running sum equals what it is the sum of.
    ///
    /// For tests. O(pools × (databases + users)).
    ///
    /// - Returns: what does not hold, in words; empty when all is well.
    package var brokenInvariants: [String] {
        var broken: [String] = []
        let living = (0..<Int32(pools.capacity)).map { pools[$0] }.filter(\.isAlive)
        for slot in 0..<Int32(databases.capacity) where databases[slot].isAlive {
            let shared = databases[slot].shared
            let own = living.filter { $0.database == slot }
            if shared.unmet != own.reduce(0, { $0 + $1.unmetByDatabase }) {
                broken.append("the unmet servers of database \(slot) do not add up")
            }
            if shared.closing != own.reduce(0, { $0 + $1.closing }) {
                broken.append("the closing servers of database \(slot) do not add up")
            }
        }
        for slot in 0..<Int32(users.capacity) {
            let unmet = living.filter { $0.user == slot }.reduce(0) { $0 + $1.unmetByUser }
            if users[slot].shared.unmet != unmet { broken.append("the unmet servers of user \(slot) do not add up") }
        }
        return broken
    }

    /// Servers, waiting clients and cancel requests that are on the books. For tests.
    package var recordCount: Int { servers.count + waiters.count + cancels.count }
}
