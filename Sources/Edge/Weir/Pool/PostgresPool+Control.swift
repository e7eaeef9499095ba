import PoolCore

extension PostgresPool {
    /// What the pool does and has done; over the primary and all replicas.
    public var stats: PoolStatistics {
        drivers.dropFirst().reduce(drivers[0].statistics) { $0 + $1.statistics }
    }

    /// The numbers of each server by itself: the primary's first, then each replica's.
    public var statsByServer: [PoolStatistics] { drivers.map(\.statistics) }

    /// Makes the pool larger or smaller, that of each replica, too. What is too many is closed when it is given back.
    ///
    /// - Parameters:
    ///   - maximum: the most connections there may be, at least 1.
    ///   - minimum: connections that are open even if nobody uses them; `nil` to leave the number as it is, as far as
    ///     `maximum` allows.
    public func resize(maximum: Int, minimum: Int? = nil) {
        for driver in drivers { driver.resize(minimum: minimum, maximum: max(1, maximum)) }
    }

    /// Has every connection replaced: now if nobody uses it, else when it is given back. For a change of roles or
    /// settings on the server.
    public func expire() { for driver in drivers { driver.expire() } }

    /// Does the same as ``expire()`` and returns when all the connections there were are closed.
    public func drain() async { for driver in drivers { await driver.drain() } }

    /// Lends nothing until ``resume()``, and returns when every connection is given back and closed: for maintenance
    /// of the server. Callers wait meanwhile, as long as their time-outs allow.
    public func pause() async {
        await withDiscardingTaskGroup { group in
            for driver in drivers { group.addTask { await driver.pause() } }
        }
    }

    /// Ends ``pause()``, even while that still waits.
    public func resume() { for driver in drivers { driver.resume() } }

    /// Turns away who waits for a connection, lets those who have one finish, and closes everything.
    ///
    /// May be called any number of times. When the task is cancelled, it does not wait any longer.
    ///
    /// - Parameter timeout: how long those who have a connection may go on; then it is cut. Default `nil`:
    ///   ``Configuration/closeTimeout``.
    public func close(within timeout: Duration? = nil) async {
        let timeout = timeout ?? configuration.closeTimeout
        await withDiscardingTaskGroup { group in
            for driver in drivers { group.addTask { await driver.close(within: timeout) } }
        }
    }
}
