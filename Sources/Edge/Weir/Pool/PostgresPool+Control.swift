import PoolCore

extension PostgresPool {
    /// The current statistics of the pool: the sum over the primary and all replicas.
    public var stats: PoolStatistics {
        drivers.dropFirst().reduce(drivers[0].statistics) { $0 + $1.statistics }
    }

    /// The statistics of each server: the primary's first, then each replica's.
    public var statsByServer: [PoolStatistics] { drivers.map(\.statistics) }

    /// Changes the size of the pool, for the primary and for each replica. Excess connections are closed when they are
    /// released.
    ///
    /// - Parameters:
    ///   - maximum: the maximum number of connections, at least 1.
    ///   - minimum: the number of connections kept open even if idle; `nil` to keep the current value, as far as
    ///     `maximum` allows.
    public func resize(maximum: Int, minimum: Int? = nil) {
        for driver in drivers { driver.resize(minimum: minimum, maximum: max(1, maximum)) }
    }

    /// Replaces every connection: an idle one now, any other when it is released. For use after a change of roles or
    /// settings on the server.
    public func expire() { for driver in drivers { driver.expire() } }

    /// Does the same as ``expire()``, and returns when all the connections that were open are closed.
    public func drain() async { for driver in drivers { await driver.drain() } }

    /// Grants no leases until ``resume()``, and returns when every connection is released and closed: for maintenance
    /// of the server. Callers wait meanwhile, up to their time-outs.
    public func pause() async {
        await withDiscardingTaskGroup { group in
            for driver in drivers { group.addTask { await driver.pause() } }
        }
    }

    /// Ends ``pause()``, even while that is still waiting.
    public func resume() { for driver in drivers { driver.resume() } }

    /// Fails the callers that wait for a connection, lets those that have one finish, and closes everything.
    ///
    /// May be called any number of times. If the task is cancelled, the remaining connections are closed at once.
    ///
    /// - Parameter timeout: how long leased connections may be used; then they are closed. Default `nil`:
    ///   ``Configuration/closeTimeout``.
    public func close(within timeout: Duration? = nil) async {
        let timeout = timeout ?? configuration.closeTimeout
        await withDiscardingTaskGroup { group in
            for driver in drivers { group.addTask { await driver.close(within: timeout) } }
        }
    }
}
