import NIOCore
import PGSession
import PGTypes
import PGWire

/// A prepared statement for which rows can be encoded.
struct ManyOpened: Sendable {
    var statement: PreparedStatement
    /// Whether the statement may have become invalid since it was prepared, and the execution can start over if it has.
    ///
    /// In that case the first data is held until the server has accepted it.
    var mayBeStale: Bool
}

/// The outcome of executing a statement with many rows of values.
enum ManyOutcome: Sendable {
    /// The number of rows affected.
    case affected(Int)
    /// The statement was no longer valid, and nothing was executed. The next attempt prepares it.
    case stale
}

/// Executes one statement with many rows of values, all or nothing: everything is sent before the only Sync.
final class ManyExchange: FeedExchange<ManyOpened, ManyOutcome> {
    typealias Base = FeedExchange<ManyOpened, ManyOutcome>

    private let isRetry: Bool
    private var preparation: Preparation?
    private var isFromCache = false
    // Nothing has been executed, and the statement may have to be prepared again.
    private var mayBeStale = false
    private var isStale = false
    private var isSynced = false
    private var affected = 0

    init(
        _ token: CallToken, sql: String, timeout: TimeAmount?, isRetry: Bool, _ gate: FeedGate<ManyOutcome>,
        _ opening: Opening
    ) {
        self.isRetry = isRetry
        super.init(token, sql: sql, timeout: timeout, gate, opening)
    }

    override var isFinished: Bool { isSynced || (failure != nil && preparation == nil) }

    override func begin(_ session: SessionHandler) {
        guard let sql, PostgresWriter.canSend(sql) else { return fail(.unsendable(sql ?? "")) }
        if let statement = session.cache.find(sql) {
            isFromCache = true
            mayBeStale = session.transactionStatus == .idle && !isRetry
            session.closeEvicted()
            open(ManyOpened(statement: statement, mayBeStale: mayBeStale))
        } else {
            preparation = Preparation(sql, session)
        }
    }

    override func receiveRow(_ body: RawSpan) throws(SessionError) { try preparation?.receiveRow(body) }

    override func receive(
        _ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler
    ) throws(SessionError) {
        switch meaning {
        case .error:
            let error = try session.serverError(body, about: sql)
            if isFromCache, error.server?.invalidatesStatement == true, let sql {
                session.cache.drop(sql)
                isStale = mayBeStale && stopReason == nil
            }
            preparation?.abandon(session)
            preparation = nil
            if isStale { stopFeed(error) } else { fail(error) }
            if session.answers.needsSync { sync(session) }
        case .copyIn: session.close(.copyMisuse)
        case _ where preparation != nil:
            guard let statement = try preparation?.receive(meaning, body, session) else { return }
            preparation = nil
            open(ManyOpened(statement: statement, mayBeStale: false))
        // After a successful Bind, the statement is valid.
        case .bound where mayBeStale:
            mayBeStale = false
            gate.leave(held)
        case .complete:
            // At most 18 digits each, but a server may send any number of them.
            affected = affected.addingReportingOverflow(RowCount.read(body)).partialValue
        default: break
        }
    }

    override func end() -> ManyOutcome? { isStale ? .stale : .affected(affected) }

    override func expect(_ rows: Int, _ session: SessionHandler) {
        for _ in 0..<rows {
            session.answers.expect(.bind)
            session.answers.expect(.execution)
        }
    }

    override func complete(_ session: SessionHandler) {
        guard isOpen else { return }
        close()
        clockStart = .now()
        sync(session)
    }

    /// Stops the execution. The Sync that is needed must not commit what was sent, so an Execute that is certain to
    /// fail comes first.
    override func stop(_ session: SessionHandler) {
        if let stopReason { gate.fail(stopReason) }
        close()
        if let preparation {
            preparation.abandon(session)
            self.preparation = nil
        } else if !isSynced {
            session.writer.execute(portal: "weir_stopped")
            session.answers.expect(.execution)
        }
        sync(session)
    }

    private func sync(_ session: SessionHandler) {
        guard !isSynced else { return }
        isSynced = true
        session.writer.sync()
        session.answers.expect(.sync)
    }
}

/// Reads the number at the end of a command tag.
enum RowCount {
    /// Returns the number, or 0 if there is none. Creates no string, because it runs for each of many rows.
    static func read(_ body: RawSpan) -> Int {
        var count = 0, factor = 1, position = body.byteCount - 2
        while position >= 0, factor < 1_000_000_000_000_000_000 {
            let digit = Int(unsafe body.unsafeLoad(fromByteOffset: position, as: UInt8.self)) - 48
            guard (0...9).contains(digit) else { break }
            count += digit * factor
            factor *= 10
            position -= 1
        }
        return count
    }
}
