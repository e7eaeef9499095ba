import NIOCore
import PGSession
import PGTypes
import PGWire

/// A statement that rows can be laid out for.
struct ManyOpened: Sendable {
    var statement: PreparedStatement
    /// Whether it may have become useless since it was prepared, and all can begin anew if it has.
    ///
    /// Then what is sent first is held until the server has taken it.
    var mayBeStale: Bool
}

/// What became of many rows of values.
enum ManyOutcome: Sendable {
    /// So many rows were affected.
    case affected(Int)
    /// The statement was of no use any more, and nothing was executed. It will be prepared the next time.
    case stale
}

/// One statement with many rows of values, all or nothing: everything is sent before the one Sync.
final class ManyExchange: FeedExchange<ManyOpened, ManyOutcome> {
    typealias Base = FeedExchange<ManyOpened, ManyOutcome>

    private let isRepetition: Bool
    private var preparation: Preparation?
    private var isFromCache = false
    // Nothing has been executed, and the statement may have to be prepared anew.
    private var mayBeStale = false
    private var isStale = false
    private var isSynced = false
    private var affected = 0

    init(
        _ token: CallToken, sql: String, timeout: TimeAmount?, isRepetition: Bool, _ gate: FeedGate<ManyOutcome>,
        _ opening: Opening
    ) {
        self.isRepetition = isRepetition
        super.init(token, sql: sql, timeout: timeout, gate, opening)
    }

    override var isFinished: Bool { isSynced || (failure != nil && preparation == nil) }

    override func begin(_ session: SessionHandler) {
        guard let sql, PostgresWriter.canSend(sql) else { return fail(.unsendable(sql ?? "")) }
        if let statement = session.cache.find(sql) {
            isFromCache = true
            mayBeStale = session.transactionStatus == .idle && !isRepetition
            session.closeSuperfluous()
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
            if isFromCache, error.server?.spoilsStatement == true, let sql {
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
        // Once it was bound, the statement is good.
        case .bound where mayBeStale:
            mayBeStale = false
            gate.leave(held)
        case .complete:
            // Never more than 18 digits each, but a server may send any number of them.
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

    /// What was sent must not be committed by the Sync that is needed, so something is sent that fails for certain.
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

/// The number at the end of a command tag.
enum RowCount {
    /// 0 if there is none. No text is made: this is done for each of many rows.
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
