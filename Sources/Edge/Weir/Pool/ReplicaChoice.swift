/// Chooses between a primary and its replicas for a read.
package struct ReplicaChoice<Server: PoolServer, C: Clock>: Sendable where C.Duration == Duration {
    /// The primary first.
    private let drivers: [PoolDriver<Server, C>]

    package init(_ drivers: [PoolDriver<Server, C>]) { self.drivers = drivers }

    /// Acquires a connection to the reachable replica with the fewest in use, or to the primary.
    ///
    /// Among equals, it chooses the one with the fewest leases so far, so that they take turns. A replica that cannot
    /// be reached is tried again in the background. `timeout` covers all attempts.
    package func acquire(timeout: Duration?, origin: SourceLocation) async throws(PostgresError) -> Lease<Server> {
        let start = drivers[0].clock.now
        let replicas = drivers.dropFirst().filter { !$0.isUnavailable }
        let load = replicas.map { (driver: $0, numbers: $0.statistics) }.sorted {
            ($0.numbers.inUse + $0.numbers.waiting, $0.numbers.acquired)
                < ($1.numbers.inUse + $1.numbers.waiting, $1.numbers.acquired)
        }
        for (driver, _) in load {
            do throws(PostgresError) {
                return try await driver.acquire(timeout: timeout, since: start, origin: origin)
            } catch {
                guard error.concernsServer else { throw error }
            }
        }
        return try await drivers[0].acquire(timeout: timeout, since: start, origin: origin)
    }
}

extension PostgresError {
    /// Whether another server may succeed where this one fails.
    fileprivate var concernsServer: Bool {
        switch code {
        case .connectFailed, .connectionLost, .protocolViolation, .poolClosed, .server: true
        default: isPermanent
        }
    }
}
