import DequeModule
import NIOCore
import PGSession
import PGTypes
import PGWire

/// Executes statements one after the other, in as few round trips as possible: one, if all of them are prepared.
///
/// Each has its own Sync and therefore, outside of a transaction, is a transaction of its own. One that has to be
/// prepared is described after those before it, and those after it wait: a statement that creates a table may come
/// before one that uses it.
final class StatementExchange: Exchange {
    /// One action of an exchange.
    enum Item {
        /// Executes a statement: Parse if necessary, Bind, Execute.
        case query(PostgresQuery, portal: String, maximumRows: Int32)
        /// Executes a portal once more.
        case fetch(portal: String, columns: PostgresColumns?, maximumRows: Int32)
        case closePortal(String)

        var sql: String? { if case .query(let query, _, _) = self { query.sql } else { nil } }
    }

    private let items: [Item]
    private let delivery: StatementDelivery
    private let requiresTransaction: Bool
    // The items before it have been written.
    private var next = 0
    private var inFlight: Deque<InFlight> = []
    // The preparation of the last in flight, which has no Sync yet.
    private var preparation: Preparation?

    // The answer so far to the first in flight.
    private var builder: PostgresRows.Builder?
    private var tag = PostgresCommandTag("")
    private var isSuspended = false
    private var isBound = false
    private var failure: PostgresError?
    // Whether the answer is complete, and whether rows were discarded because the call was stopped.
    private var (hasCompleted, hasLostRows) = (false, false)
    private var mayRetry = false
    private var hasRetried = false

    /// An item whose ReadyForQuery has not arrived yet.
    private struct InFlight {
        var sql: String?
        var columns: PostgresColumns?
        var isFromCache = false
        // Why only a Sync was written.
        var refusal: PostgresError?
    }

    init(
        _ token: CallToken, _ items: [Item], timeout: TimeAmount?, requiresTransaction: Bool = false,
        _ delivery: StatementDelivery
    ) {
        self.items = items
        self.delivery = delivery
        self.requiresTransaction = requiresTransaction
        super.init(token, sql: items.count == 1 ? items.first?.sql : nil, timeout: timeout)
    }

    override var isFinished: Bool { (next == items.count || stopReason != nil) && inFlight.isEmpty }
    override var isWaitingForApplication: Bool { delivery.isFull }
    override func pausesReading() -> Bool { stopReason == nil && delivery.pausesReading() }
    override func finish(_ error: PostgresError?) { delivery.finish(error, count: items.count) }

    override func begin(_ session: SessionHandler) {
        if requiresTransaction, session.transactionStatus != .inTransaction {
            delivery.deliver(.failure(PostgresError(.misuse, "a cursor requires a transaction").about(sql)))
            next = items.count
        }
        advance(session)
    }

    override func stop(_ session: SessionHandler) {
        guard let preparation else { return }
        preparation.abandon(session)
        self.preparation = nil
        sync(session)
    }

    // MARK: Writing

    private func advance(_ session: SessionHandler) {
        while next < items.count, preparation == nil, stopReason == nil {
            switch items[next] {
            case .query(let query, let portal, let maximumRows):
                if let statement = session.cache.find(query.sql) {
                    session.closeEvicted()
                    inFlight.append(InFlight(sql: query.sql, columns: statement.columns, isFromCache: true))
                    execute(query, statement, portal, maximumRows, session)
                } else {
                    prepare(query.sql, session)
                }
            case .fetch(let portal, let columns, let maximumRows):
                inFlight.append(InFlight(columns: columns))
                session.writer.execute(portal: portal, maximumRows: maximumRows)
                session.answers.expect(.execution)
                sync(session)
            case .closePortal(let portal):
                inFlight.append(InFlight())
                session.writer.close(.portal, name: portal)
                session.answers.expect(.close)
                sync(session)
            }
        }
    }

    private func prepare(_ sql: String, _ session: SessionHandler) {
        inFlight.append(InFlight(sql: sql))
        if PostgresWriter.canSend(sql) {
            preparation = Preparation(sql, session)
        } else {
            refuse(.unsendable(sql), session)
        }
    }

    private func execute(
        _ query: PostgresQuery, _ statement: PreparedStatement, _ portal: String, _ maximumRows: Int32,
        _ session: SessionHandler
    ) {
        do throws(PostgresError) {
            try session.writer.bind(statement, portal: portal, values: query.values, of: query.sql)
        } catch {
            guard error.code == .encoding, inFlight.last?.isFromCache == true else { return refuse(error, session) }
            // The types may have changed since the statement was prepared: that of a column, for instance.
            session.cache.drop(query.sql)
            inFlight.removeLast()
            return prepare(query.sql, session)
        }
        session.writer.execute(portal: portal, maximumRows: maximumRows)
        session.answers.expect(.bind)
        session.answers.expect(.execution)
        sync(session)
    }

    private func sync(_ session: SessionHandler) {
        session.writer.sync()
        session.answers.expect(.sync)
        next += 1
    }

    /// Records that the last in flight cannot be sent. It keeps its place in the order.
    private func refuse(_ error: PostgresError, _ session: SessionHandler) {
        if let last = inFlight.indices.last { inFlight[last].refusal = error }
        sync(session)
    }

    // MARK: Receiving

    override func receiveRow(_ body: RawSpan) throws(SessionError) {
        if stopReason != nil {
            hasLostRows = true
            return
        }
        if isPreparing { return try preparation?.receiveRow(body) ?? () }
        if builder == nil { builder = inFlight.first?.columns.map { PostgresRows.Builder($0) } }
        guard builder != nil else { throw .unexpected(BackendMessage.dataRow.rawValue) }
        do throws(PostgresDecodingError) {
            try builder?.append(dataRow: body)
        } catch {
            guard let size = builder?.byteCount, size + body.byteCount > Int(UInt32.max) else {
                throw .malformed(BackendMessage.dataRow.rawValue)
            }
            failure = PostgresError(.misuse, "the rows take more than 4 GiB: stream them").about(sql)
        }
    }

    override func receive(
        _ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler
    ) throws(SessionError) {
        switch meaning {
        case .error: try receiveError(body, session)
        case .ready: receiveReady(session)
        case _ where isPreparing:
            guard let statement = try preparation?.receive(meaning, body, session) else { return }
            preparation = nil
            guard case .query(let query, let portal, let maximumRows) = items[next] else { return }
            if let last = inFlight.indices.last { inFlight[last].columns = statement.columns }
            execute(query, statement, portal, maximumRows, session)
            advance(session)
        case .bound: isBound = true
        case .complete:
            hasCompleted = true
            tag = try PostgresCommandTag(body: body)
            // The columns of a portal's later portions are those of its first.
            session.note(tag, of: inFlight.first?.sql, returnsRows: inFlight.first?.columns != nil)
        case .empty: hasCompleted = true
        case .suspended: (hasCompleted, isSuspended) = (true, true)
        case .copyIn: refuseCopy(session)
        case .copyOut: failure = failure ?? .copyMisuse
        default: break
        }
    }

    /// Whether the first in flight, which alone is being answered, is the last, which alone can be in preparation.
    private var isPreparing: Bool { preparation != nil && inFlight.count == 1 }

    private func receiveError(_ body: RawSpan, _ session: SessionHandler) throws(SessionError) {
        let error = try session.serverError(body, about: inFlight.first?.sql)
        failure = failure ?? error
        if let first = inFlight.first, first.isFromCache, let sql = first.sql,
            error.server?.invalidatesStatement == true
        {
            session.cache.drop(sql)
            // After a successful Bind the statement is valid, and the error comes from its execution.
            mayRetry = session.transactionStatus == .idle && !hasRetried && !isBound
        }
        if session.answers.needsSync {
            preparation?.abandon(session)
            preparation = nil
            sync(session)
        }
    }

    private func receiveReady(_ session: SessionHandler) {
        guard let first = inFlight.popFirst() else { return }
        defer { advance(session) }
        var error = first.refusal ?? failure
        // A requested cancellation is reported with its own reason.
        let isWhole = hasCompleted && !hasLostRows
        if let stopReason, error?.server?.sqlState == "57014" || error == nil && !isWhole { error = stopReason }
        let rows = builder?.finish() ?? .none(of: first.columns)
        let outcome = StatementOutcome(rows: rows, tag: tag, isSuspended: isSuspended, columns: first.columns)
        (builder, tag, isSuspended, isBound, failure) = (nil, PostgresCommandTag(""), false, false, nil)
        (hasCompleted, hasLostRows) = (false, false)
        // No retry if there are items after it: they have been executed already.
        if mayRetry, stopReason == nil, inFlight.isEmpty, next == items.count {
            (mayRetry, hasRetried) = (false, true)
            next -= 1
            return
        }
        mayRetry = false
        delivery.deliver(error.map { .failure($0) } ?? .success(outcome))
    }

    override func readIsComplete(_ session: SessionHandler) {
        guard delivery.takesBatches, stopReason == nil, !isPreparing, isBound || builder != nil else { return }
        if timeout != nil { clockStart = .now() }
        let size = builder?.byteCount ?? 0
        delivery.take(builder?.finish(), size: size, columns: inFlight.first?.columns)
    }

    /// Refuses a COPY FROM STDIN. Messages sent after the statement would be taken for invalid data, and the answers
    /// could not be matched any more, so the connection is closed in that case.
    private func refuseCopy(_ session: SessionHandler) {
        guard inFlight.count == 1 else { return session.close(.copyMisuse) }
        failure = failure ?? .copyMisuse
        session.writer.copyFail("COPY FROM STDIN without data")
        // The first Sync was consumed by the COPY and is not answered.
        session.writer.sync()
    }
}

extension PostgresCommandTag {
    /// Parses a CommandComplete.
    init(body: RawSpan) throws(SessionError) {
        var fields = MessageFields(body)
        guard let text = fields.text() else { throw .malformed(BackendMessage.commandComplete.rawValue) }
        self.init(text)
    }
}

extension PostgresRows {
    static func none(of columns: PostgresColumns?) -> PostgresRows {
        guard let columns else { return nothing }
        var builder = Builder(columns)
        return builder.finish()
    }

    private static let nothing = none(of: PostgresColumns([]))
}
