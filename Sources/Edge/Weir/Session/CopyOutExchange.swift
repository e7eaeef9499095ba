import NIOCore
import PGSession
import PGTypes
import PGWire

/// COPY TO STDOUT, through the simple protocol.
final class CopyOutExchange: Exchange {
    typealias Opening = CheckedContinuation<Result<CopyDescription, PostgresError>, Never>

    private let inbox: Inbox<[UInt8], PostgresCommandTag>
    private var opening: Opening?
    private var chunk: [UInt8] = []
    private var tag: PostgresCommandTag?
    private var failure: PostgresError?

    init(
        _ token: CallToken, _ sql: String, timeout: TimeAmount?, _ inbox: Inbox<[UInt8], PostgresCommandTag>,
        _ opening: Opening
    ) {
        (self.inbox, self.opening) = (inbox, opening)
        super.init(token, sql: sql, timeout: timeout)
    }

    override var isWaitingForApplication: Bool { inbox.isFull }
    override func pausesReading() -> Bool { stopReason == nil && inbox.pauseIfFull() }

    override func begin(_ session: SessionHandler) {
        guard let sql, PostgresWriter.canSend(sql) else {
            failure = .unsendable(sql ?? "")
            return
        }
        session.writer.simpleQuery(sql)
        session.answers.expect(.script)
    }

    override func receive(
        _ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler
    ) throws(SessionError) {
        switch meaning {
        case .copyData:
            if stopReason == nil { unsafe body.withUnsafeBytes { unsafe chunk.append(contentsOf: $0) } }
        case .copyOut:
            let description = try CopyDescription(body: body, type: BackendMessage.copyOutResponse.rawValue)
            opening?.resume(returning: .success(description))
            opening = nil
        case .copyIn: session.writer.copyFail("no data")
        case .complete:
            let tag = try PostgresCommandTag(body: body)
            session.note(tag, of: nil, returnsRows: true)
            self.tag = tag
        case .error:
            let error = try session.serverError(body, about: sql)
            failure = failure ?? error
        default: break
        }
    }

    override func readIsComplete(_ session: SessionHandler) {
        guard !chunk.isEmpty else { return }
        if timeout != nil { clockStart = .now() }
        deliver()
    }

    private func deliver() {
        let whole = chunk
        chunk = []
        if !whole.isEmpty { inbox.push(whole, size: whole.count) }
    }

    override func finish(_ error: PostgresError?) {
        deliver()
        let error = error ?? failure
        let misuse = PostgresError(.misuse, "the statement returns no data").about(sql)
        opening?.resume(returning: .failure(error ?? misuse))
        opening = nil
        inbox.finish(error.map { .failure($0) } ?? tag.map { .success($0) } ?? .failure(misuse))
    }
}
