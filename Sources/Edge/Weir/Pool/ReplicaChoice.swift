/// Chooses among a primary and its replicas.
package struct ReplicaChoice<Server: PoolServer, C: Clock>: Sendable where C.Duration == Duration {
    /// The primary first.
    private let drivers: [PoolDriver<Server, C>]

    package init(_ drivers: [PoolDriver<Server, C>]) { self.drivers = drivers }

    /// Takes a connection to the replica with the fewest in use that can be reached, or to the primary.
    ///
    /// Of several with equally few, the one with the fewest acquired so far, so that they take turns. A replica that
    /// cannot be reached is tried again in the background. `timeout` is for all of it, whoever was asked before.
    package func acquire(timeout: Duration?, origin: SourceLocation) async throws(PostgresError) -> Lease<Server> {
        let start = drivers[0].clock.now
        let replicas = drivers.dropFirst().filter { !$0.isOut }
        let load = replicas.map { (driver: $0, numbers: $0.statistics) }.sorted {
            ($0.numbers.inUse + $0.numbers.waiting, $0.numbers.acquired)
                < ($1.numbers.inUse + $1.numbers.waiting, $1.numbers.acquired)
        }
        for (driver, _) in load {
            do throws(PostgresError) {
                return try await driver.acquire(timeout: timeout, since: start, origin: origin)
            } catch {
                guard error.isOfServer else { throw error }
            }
        }
        return try await drivers[0].acquire(timeout: timeout, since: start, origin: origin)
    }
}

extension PostgresError {
    /// Another server may do what this one cannot.
    fileprivate var isOfServer: Bool {
        switch code {
        case .connectFailed, .connectionLost, .protocolViolation, .poolClosed, .server: true
        default: isPermanent
        }
    }
}
