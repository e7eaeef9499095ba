import NIOCore
import PGSession
import PGTypes
import Synchronization

extension PostgresSession {
    /// Prepares a statement, if it has not been, and gives all its rows.
    package func query(
        _ query: PostgresQuery, timeout: Duration? = nil
    ) async throws(PostgresError) -> PostgresResult {
        let outcome: StatementOutcome = try await call(timeout) { token, timeout, continuation in
            StatementExchange(
                token, [.query(query, portal: "", maximumRows: 0)], timeout: timeout, SingleDelivery(continuation))
        }
        return PostgresResult(rows: outcome.rows, tag: outcome.tag)
    }

    /// Gives the rows as they come in. Returns when the first have, or none are to come.
    ///
    /// - Parameter timeout: how long the server may say nothing; the reader may take his time.
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

    /// Statements that are sent together: in one round trip, if each was prepared before.
    ///
    /// As if they were called one after the other: outside of a transaction each is one of its own, and one that fails
    /// does not keep the next from being executed. Stopped, the one being executed is cancelled, and those behind it
    /// may still be.
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

    /// Statements in one text, separated by semicolons, through the simple protocol: no values, results as text.
    ///
    /// Without transaction commands in it, all of it is one transaction.
    package func script(
        _ sql: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> [PostgresResult] {
        try await call(timeout) { token, timeout, continuation in
            ScriptExchange(token, sql, timeout: timeout, continuation)
        }
    }

    /// As ``script(_:timeout:)``, for what ends a transaction: it is not cancelled with the task, since its outcome must be
    /// known, and nothing may stay open.
    ///
    /// - Parameter timeout: Ten seconds are ample for a ROLLBACK. A COMMIT may have deferred constraints to check, or
    ///   replicas to wait for.
    func undisturbed(
        _ sql: String, timeout: Duration? = .seconds(10)
    ) async throws(PostgresError) -> [PostgresResult] {
        let timeout = timeout.map(TimeAmount.init)
        return try await withCheckedContinuation { continuation in
            perform { $0.submit(ScriptExchange(CallToken(), sql, timeout: timeout, continuation)) }
        }.get()
    }

    /// Asks for nothing, and throws if nothing comes back.
    package func ping(timeout: Duration? = nil) async throws(PostgresError) {
        _ = try await script("", timeout: timeout)
    }

    /// For a connection that is handed back: stops what is under way, drops what waits, and leaves the transaction.
    ///
    /// - Parameter deadline: how long it may take.
    /// - Returns: whether the connection is as good as new; otherwise it is closed.
    package func settle(deadline: Duration) async -> Bool {
        let isSettled = await withCheckedContinuation { continuation in
            perform { $0.settle(SettlingExchange(timeout: TimeAmount(deadline), continuation)) }
        }
        if !isSettled { abort() }
        return isSettled
    }
}

extension SessionHandler {
    /// Whatever was called before is stopped.
    func settle(_ exchange: SettlingExchange) {
        let reason = { PostgresError(.connectionReturned, "the connection was returned").about($0) }
        for waiting in Array(waiting) { stop(waiting.token, because: reason) }
        if let active { stop(active.token, because: reason) }
        submit(exchange)
        finishIfAnswered()
        flush()
    }
}
