import NIOCore
import PGSession

extension PostgresSession {
    /// Executes a statement once for each row of values, all or nothing, in one round trip or two.
    ///
    /// Rows are laid out as they are sent, so there may be more than fit into memory. Inside of a transaction a failure
    /// fails the transaction, as it does for any statement.
    ///
    /// - Parameter layOut: appends the next row; `false` if there is none.
    /// - Returns: how many rows were affected in all.
    package func executeMany(
        _ sql: String, timeout: Duration? = nil, layOut: (inout RepeatedBind) throws(PostgresError) -> Bool
    ) async throws(PostgresError) -> Int {
        let token = CallToken(), gate = FeedGate<Int>(limit: configuration.readAhead)
        let statement: PreparedStatement = try await call(timeout, token) { token, timeout, continuation in
            ManyExchange(token, sql: sql, timeout: timeout, gate, continuation)
        }
        var bind = RepeatedBind(statement, sql)
        do throws(PostgresError) {
            while try layOut(&bind) {
                if bind.writer.count >= 64 * 1024 { try await send(bind.take(), token, gate) }
            }
            try await send(bind.take(), token, gate)
        } catch {
            perform { $0.endFeed(token, error, in: ManyExchange.Base.self) }
            _ = try? await gate.result()
            throw error
        }
        perform { $0.endFeed(token, nil, in: ManyExchange.Base.self) }
        return try await stopping(token) { () throws(PostgresError) in try await gate.result() }
    }

    private func send(
        _ piece: (bytes: [UInt8], rows: Int), _ token: CallToken, _ gate: FeedGate<Int>
    ) async throws(PostgresError) {
        guard piece.rows > 0 else { return }
        try await stopping(token) { () throws(PostgresError) in try await gate.enter(piece.bytes.count) }
        perform { $0.feed(token, piece.bytes, rows: piece.rows, in: ManyExchange.Base.self, gate) }
    }

    /// COPY … FROM STDIN: gives what takes the data.
    ///
    /// - Parameter timeout: how long the server may take to begin, and to finish.
    package func copyIn(
        _ sql: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> CopyInStream {
        let token = CallToken(), gate = FeedGate<PostgresCommandTag>(limit: configuration.readAhead)
        let description: CopyDescription = try await call(timeout, token) { token, timeout, continuation in
            CopyInExchange(token, sql: sql, timeout: timeout, gate, continuation)
        }
        return CopyInStream(self, token, gate, description)
    }

    /// COPY … TO STDOUT: gives what gives the data.
    ///
    /// - Parameter timeout: how long the server may say nothing.
    package func copyOut(
        _ sql: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> CopyOutStream {
        let token = CallToken(), inbox = Inbox<[UInt8], PostgresCommandTag>(limit: configuration.readAhead)
        let _: CopyDescription = try await call(timeout, token) { token, timeout, continuation in
            CopyOutExchange(token, sql, timeout: timeout, inbox, continuation)
        }
        return CopyOutStream(self, token, inbox)
    }
}
