import NIOCore
import PGSession
import PGTypes
import PGWire

/// COPY FROM STDIN, through the simple protocol.
final class CopyInExchange: FeedExchange<CopyDescription, PostgresCommandTag> {
    typealias Base = FeedExchange<CopyDescription, PostgresCommandTag>

    private var tag: PostgresCommandTag?
    private var wasOpened = false

    override func begin(_ session: SessionHandler) {
        guard let sql, PostgresWriter.canSend(sql) else { return fail(.unsendable(sql ?? "")) }
        session.writer.simpleQuery(sql)
        session.answers.expect(.script)
    }

    override func receive(
        _ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler
    ) throws(SessionError) {
        switch meaning {
        case .copyIn where !wasOpened && stopReason == nil:
            wasOpened = true
            open(try CopyDescription(body: body, type: BackendMessage.copyInResponse.rawValue))
        // Only the first COPY of a text has a writer.
        case .copyIn: session.writer.copyFail("no data")
        case .complete:
            let tag = try PostgresCommandTag(body: body)
            session.note(tag, of: nil, returnsRows: true)
            if wasOpened { self.tag = self.tag ?? tag }
        case .error: fail(try session.serverError(body, about: sql))
        case .ready: clockStart = .now()
        default: break
        }
    }

    override func end() -> PostgresCommandTag? { tag }

    override func complete(_ session: SessionHandler) {
        guard isOpen else { return }
        close()
        clockStart = .now()
        session.writer.copyDone()
    }

    override func stop(_ session: SessionHandler) {
        if let stopReason { gate.fail(stopReason) }
        guard isOpen else { return }
        close()
        session.writer.copyFail("cancelled")
    }
}
