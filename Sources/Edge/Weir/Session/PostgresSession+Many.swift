import NIOCore
import PGSession

extension PostgresSession {
    /// Executes a statement once for each row of values, all or nothing, in one round trip or two.
    ///
    /// Rows are encoded as they are sent, so there may be more than fit into memory. Inside of a transaction a failure
    /// fails the transaction, as for any statement.
    ///
    /// - Parameter encodeRow: appends the next row; `false` if there is none. It starts over with the first row that it
    ///   was to keep when ``RepeatedBind/startsOver`` is set.
    /// - Returns: the number of rows affected in total.
    package func executeMany(
        _ sql: String, timeout: Duration? = nil, encodeRow: (inout RepeatedBind) throws(PostgresError) -> Bool
    ) async throws(PostgresError) -> Int {
        var isRetry = false
        while true {
            switch try await executeMany(sql, timeout, isRetry: isRetry, encodeRow: encodeRow) {
            case .affected(let count): return count
            case .stale: isRetry = true
            }
        }
    }

    private func executeMany(
        _ sql: String, _ timeout: Duration?, isRetry: Bool,
        encodeRow: (inout RepeatedBind) throws(PostgresError) -> Bool
    ) async throws(PostgresError) -> ManyOutcome {
        let token = CallToken(), gate = FeedGate<ManyOutcome>(limit: configuration.readAhead)
        let opened: ManyOpened = try await call(timeout, token) { token, timeout, continuation in
            ManyExchange(token, sql: sql, timeout: timeout, isRetry: isRetry, gate, continuation)
        }
        var bind = RepeatedBind(opened.statement, sql), isSent = false
        (bind.keepsRows, bind.startsOver) = (opened.mayBeStale, isRetry)
        do throws(PostgresError) {
            while try encodeRow(&bind) {
                guard bind.writer.count >= 64 * 1024 else { continue }
                let isHeld = opened.mayBeStale && !isSent
                // Without a Flush the server would not send its answer.
                if isHeld { bind.writer.flush() }
                guard await send(bind.take(), isHeld: isHeld, token, gate) else { break }
                // From the second send on, the server has accepted the first rows.
                if isSent { bind.keepsRows = false }
                isSent = true
            }
        } catch {
            // Nothing has been sent yet, and the types may have changed since the statement was prepared.
            let isStale = opened.mayBeStale && !isSent && error.code == .encoding
            if isStale { perform { $0.cache.drop(sql) } }
            perform { $0.endFeed(token, isStale ? nil : error, in: ManyExchange.Base.self) }
            _ = try? await gate.result()
            guard isStale else { throw error }
            return .stale
        }
        _ = await send(bind.take(), isHeld: opened.mayBeStale && !isSent, token, gate)
        perform { $0.endFeed(token, nil, in: ManyExchange.Base.self) }
        return try await stoppingOnCancel(token) { () throws(PostgresError) in try await gate.result() }
    }

    /// Sends encoded rows.
    ///
    /// - Parameter isHeld: whether nothing more may be sent before the server has accepted it.
    /// - Returns: whether more rows are accepted.
    private func send(
        _ piece: (bytes: [UInt8], rows: Int), isHeld: Bool, _ token: CallToken, _ gate: FeedGate<ManyOutcome>
    ) async -> Bool {
        guard piece.rows > 0 else { return true }
        let held = isHeld ? max(piece.bytes.count, gate.limit) : nil
        do throws(PostgresError) {
            try await stoppingOnCancel(token) { () throws(PostgresError) in
                try await gate.enter(held ?? piece.bytes.count)
            }
        } catch {
            // The error that ended the feed is also the call's result.
            return false
        }
        perform { $0.feed(token, piece.bytes, rows: piece.rows, held: held, in: ManyExchange.Base.self, gate) }
        return true
    }

    /// Starts COPY … FROM STDIN and returns the stream to write to.
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

    /// Starts COPY … TO STDOUT and returns the stream to read from.
    ///
    /// - Parameter timeout: how long the server may be silent.
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
