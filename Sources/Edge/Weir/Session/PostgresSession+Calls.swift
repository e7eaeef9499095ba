import NIOCore
import PGSession
import PGTypes
import Synchronization

extension PostgresSession {
    /// Executes a statement, after preparing it if necessary, and returns all its rows.
    package func query(
        _ query: PostgresQuery, timeout: Duration? = nil
    ) async throws(PostgresError) -> PostgresResult {
        let outcome: StatementOutcome = try await call(timeout) { token, timeout, continuation in
            StatementExchange(
                token, [.query(query, portal: "", maximumRows: 0)], timeout: timeout, SingleDelivery(continuation))
        }
        return PostgresResult(rows: outcome.rows, tag: outcome.tag)
    }

    /// Executes a statement and streams its rows. Returns when the first rows have arrived, or none will.
    ///
    /// - Parameter timeout: how long the server may be silent; the time that the reader takes does not count.
    package func stream(
        _ query: PostgresQuery, timeout: Duration? = nil
    ) async throws(PostgresError) -> RowStream {
        let token = CallToken(), inbox = Inbox<PostgresRows, PostgresCommandTag>(limit: configuration.readAhead)
        let columns: PostgresColumns? = try await call(timeout, token) { token, timeout, continuation in
            StatementExchange(
                token, [.query(query, portal: "", maximumRows: 0)], timeout: timeout,
                StreamDelivery(inbox, continuation))
        }
        return RowStream(self, token, inbox, columns: columns)
    }

    /// Executes statements that are sent together: in one round trip, if each was prepared before.
    ///
    /// The effect is the same as calling them one after the other: outside of a transaction each is a transaction of
    /// its own, and a failure does not prevent the next from being executed. If the call is stopped, the current
    /// statement is cancelled, and those after it may still be executed.
    package func pipeline(
        _ queries: [PostgresQuery], timeout: Duration? = nil, isolation: isolated (any Actor)? = #isolation
    ) async -> [Result<PostgresResult, PostgresError>] {
        guard !queries.isEmpty else { return [] }
        let token = CallToken(), timeout = timeout.map(TimeAmount.init)
        let outcomes = await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { continuation in
                perform {
                    let items = queries.map { StatementExchange.Item.query($0, portal: "", maximumRows: 0) }
                    $0.submit(StatementExchange(token, items, timeout: timeout, PipelineDelivery(continuation)))
                }
            }
        } onCancel: {
            token.cancel()
            perform { $0.stop(token) { .cancelled($0) } }
        }
        return outcomes.map { $0.map { PostgresResult(rows: $0.rows, tag: $0.tag) } }
    }

    /// Executes statements in one text, separated by semicolons, with the simple protocol: no values, results as text.
    ///
    /// Without transaction commands, the whole text is one transaction.
    package func script(
        _ sql: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> [PostgresResult] {
        try await call(timeout) { token, timeout, continuation in
            ScriptExchange(token, sql, timeout: timeout, continuation)
        }
    }

    /// Executes a statement that ends a transaction, as ``script(_:timeout:)`` does, but is not cancelled with the
    /// task: its outcome must be known, and no transaction may stay open.
    ///
    /// - Parameter timeout: Ten seconds are ample for a ROLLBACK. A COMMIT may have deferred constraints to check, or
    ///   replicas to wait for.
    func executeIgnoringCancellation(
        _ sql: String, timeout: Duration? = .seconds(10)
    ) async throws(PostgresError) -> [PostgresResult] {
        let timeout = timeout.map(TimeAmount.init)
        return try await withCheckedContinuation { continuation in
            perform { $0.submit(ScriptExchange(CallToken(), sql, timeout: timeout, continuation)) }
        }.get()
    }

    /// Sends an empty statement, and throws if there is no answer.
    package func ping(timeout: Duration? = nil) async throws(PostgresError) {
        _ = try await script("", timeout: timeout)
    }

    /// Cleans up a connection that is returned to the pool: stops the active call, drops waiting ones, and ends the
    /// transaction.
    ///
    /// - Parameter deadline: the limit for all of it.
    /// - Returns: whether the connection can be used again; otherwise it is closed.
    package func cleanUp(deadline: Duration) async -> Bool {
        let isClean = await withCheckedContinuation { continuation in
            perform { $0.cleanUp(CleanupExchange(timeout: TimeAmount(deadline), continuation)) }
        }
        if !isClean { abort() }
        return isClean
    }
}

extension SessionHandler {
    /// Stops all earlier calls, then submits the exchange.
    func cleanUp(_ exchange: CleanupExchange) {
        let reason = { PostgresError(.connectionReturned, "the connection was returned").about($0) }
        for waiting in Array(waiting) { stop(waiting.token, because: reason) }
        if let active { stop(active.token, because: reason) }
        submit(exchange)
        finishIfAnswered()
        flush()
    }
}
