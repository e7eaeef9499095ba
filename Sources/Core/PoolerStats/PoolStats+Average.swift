extension PoolStats {
    /// Averages between two readings: counts per second, times per event, both rounded down.
    ///
    /// All are zero if no time passed. A counter that decreased (because a pool and its counters were removed) counts
    /// as unchanged.
    ///
    /// - Parameter microseconds: the time between the two readings.
    package init(averageFrom old: PoolStats, to new: PoolStats, microseconds: Int64) {
        self.init()
        guard microseconds > 0 else { return }
        let duration = UInt64(microseconds)
        func perSecond(_ counter: KeyPath<PoolStats, UInt64>) -> UInt64 {
            Self.perSecond(Self.growth(from: old[keyPath: counter], to: new[keyPath: counter]), in: duration)
        }
        func perEvent(_ time: KeyPath<PoolStats, UInt64>, _ events: KeyPath<PoolStats, UInt64>) -> UInt64 {
            let count = Self.growth(from: old[keyPath: events], to: new[keyPath: events])
            return count == 0 ? 0 : Self.growth(from: old[keyPath: time], to: new[keyPath: time]) / count
        }
        serverAssignments = perSecond(\.serverAssignments)
        transactions = perSecond(\.transactions)
        queries = perSecond(\.queries)
        bytesReceived = perSecond(\.bytesReceived)
        bytesSent = perSecond(\.bytesSent)
        transactionTime = perEvent(\.transactionTime, \.transactions)
        queryTime = perEvent(\.queryTime, \.queries)
        waitTime = perEvent(\.waitTime, \.serverAssignments)
        clientParses = perSecond(\.clientParses)
        serverParses = perSecond(\.serverParses)
        binds = perSecond(\.binds)
        clientLogins = perSecond(\.clientLogins)
    }

    private static func growth(from old: UInt64, to new: UInt64) -> UInt64 { new > old ? new - old : 0 }

    /// `count` per second, rounded down; slightly lower still if the exact product exceeds 64 bits.
    private static func perSecond(_ count: UInt64, in microseconds: UInt64) -> UInt64 {
        let (product, overflow) = count.multipliedReportingOverflow(by: 1_000_000)
        guard overflow else { return product / microseconds }
        let (rough, tooLarge) = (count / microseconds).multipliedReportingOverflow(by: 1_000_000)
        return tooLarge ? .max : rough
    }
}
