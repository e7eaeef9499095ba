import NIOCore
import PGSession

extension PostgresSession {
    /// Executes a statement once for each row of values, all or nothing, in one round trip or two.
    ///
    /// Rows are laid out as they are sent, so there may be more than fit into memory. Inside of a transaction a failure
    /// fails the transaction, as it does for any statement.
    ///
    /// - Parameter layOut: appends the next row; `false` if there is none. It begins again with the first row that it was
    ///   to keep when ``RepeatedBind/beginsAgain`` says so.
    /// - Returns: how many rows were affected in all.
    package func executeMany(
        _ sql: String, timeout: Duration? = nil, layOut: (inout RepeatedBind) throws(PostgresError) -> Bool
    ) async throws(PostgresError) -> Int {
        var isRepetition = false
        while true {
            switch try await executeMany(sql, timeout, isRepetition: isRepetition, layOut: layOut) {
            case .affected(let count): return count
            case .stale: isRepetition = true
            }
        }
    }

    private func executeMany(
        _ sql: String, _ timeout: Duration?, isRepetition: Bool,
        layOut: (inout RepeatedBind) throws(PostgresError) -> Bool
    ) async throws(PostgresError) -> ManyOutcome {
        let token = CallToken(), gate = FeedGate<ManyOutcome>(limit: configuration.readAhead)
        let opened: ManyOpened = try await call(timeout, token) { token, timeout, continuation in
            ManyExchange(token, sql: sql, timeout: timeout, isRepetition: isRepetition, gate, continuation)
        }
        var bind = RepeatedBind(opened.statement, sql), isSent = false
        (bind.isKept, bind.beginsAgain) = (opened.mayBeStale, isRepetition)
        do throws(PostgresError) {
            while try layOut(&bind) {
                guard bind.writer.count >= 64 * 1024 else { continue }
                let isHeld = opened.mayBeStale && !isSent
                // Without it the server would keep its answer to itself.
                if isHeld { bind.writer.flush() }
                guard await send(bind.take(), isHeld: isHeld, token, gate) else { break }
                // From the second time on the first rows have arrived for certain.
                if isSent { bind.isKept = false }
                isSent = true
            }
        } catch {
            // Nothing was sent yet, and what the server wants may have changed since it was asked.
            let isStale = opened.mayBeStale && !isSent && error.code == .encoding
            if isStale { perform { $0.cache.drop(sql) } }
            perform { $0.endFeed(token, isStale ? nil : error, in: ManyExchange.Base.self) }
            _ = try? await gate.result()
            guard isStale else { throw error }
            return .stale
        }
        _ = await send(bind.take(), isHeld: opened.mayBeStale && !isSent, token, gate)
        perform { $0.endFeed(token, nil, in: ManyExchange.Base.self) }
        return try await stopping(token) { () throws(PostgresError) in try await gate.result() }
    }

    /// - Parameter isHeld: whether nothing more may be sent before the server has taken it.
    /// - Returns: whether more is wanted.
    private func send(
        _ piece: (bytes: [UInt8], rows: Int), isHeld: Bool, _ token: CallToken, _ gate: FeedGate<ManyOutcome>
    ) async -> Bool {
        guard piece.rows > 0 else { return true }
        let held = isHeld ? max(piece.bytes.count, gate.limit) : nil
        do throws(PostgresError) {
            try await stopping(token) { () throws(PostgresError) in try await gate.enter(held ?? piece.bytes.count) }
        } catch {
            // What ended it is the call's last word, too.
            return false
        }
        perform { $0.feed(token, piece.bytes, rows: piece.rows, held: held, in: ManyExchange.Base.self, gate) }
        return true
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
