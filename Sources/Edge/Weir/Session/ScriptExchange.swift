import NIOCore
import PGSession
import PGTypes
import PGWire

/// Executes statements in one text with the simple protocol; all results are in text format.
final class ScriptExchange: Exchange {
    typealias Results = Result<[PostgresResult], PostgresError>

    private let script: String
    private let continuation: CheckedContinuation<Results, Never>
    private var results: [PostgresResult] = []
    private var builder: PostgresRows.Builder?
    private var failure: PostgresError?
    // Whether the answer is complete, and whether rows were discarded because the call was stopped.
    private var (isWhole, hasLostRows) = (false, false)

    init(
        _ token: CallToken, _ script: String, timeout: TimeAmount?, _ continuation: CheckedContinuation<Results, Never>
    ) {
        (self.script, self.continuation) = (script, continuation)
        super.init(token, sql: script.isEmpty ? nil : script, timeout: timeout)
    }

    override func begin(_ session: SessionHandler) {
        guard PostgresWriter.canSend(script) else {
            failure = .unsendable(script)
            return
        }
        session.writer.simpleQuery(script)
        session.answers.expect(.script)
    }

    override func receiveRow(_ body: RawSpan) throws(SessionError) {
        if stopReason != nil {
            hasLostRows = true
            return
        }
        do throws(PostgresDecodingError) {
            try builder?.append(dataRow: body)
        } catch {
            throw .malformed(BackendMessage.dataRow.rawValue)
        }
    }

    override func receive(
        _ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler
    ) throws(SessionError) {
        switch meaning {
        case .columns:
            let catalog = session.configuration.catalog.snapshot
            let columns = try RowDescription(body: body).columns.map { column in
                var column = column
                column.type = catalog[column.type.oid]
                return column
            }
            builder = PostgresRows.Builder(PostgresColumns(columns))
        case .complete:
            let tag = try PostgresCommandTag(body: body)
            session.note(tag, of: nil, returnsRows: builder != nil)
            results.append(PostgresResult(rows: builder?.finish() ?? .none(of: nil), tag: tag))
            builder = nil
        case .error:
            let error = try session.serverError(body, about: sql)
            failure = failure ?? error
        case .copyIn:
            failure = failure ?? .copyMisuse
            session.writer.copyFail("COPY FROM STDIN without data")
        case .copyOut: failure = failure ?? .copyMisuse
        case .ready:
            isWhole = true
            if let encoding = session.unsupportedEncoding, hasRowsAfterSet { failure = .unsupportedEncoding(encoding) }
        default: break
        }
    }

    /// Whether there are rows after a SET, which may be in another encoding than at the beginning.
    private var hasRowsAfterSet: Bool {
        results.drop { $0.tag.description != "SET" }.contains { !$0.rows.isEmpty }
    }

    /// Reports what the server completed before it could be stopped as done, above all a COMMIT.
    override func finish(_ error: PostgresError?) {
        let isDone = isWhole && !hasLostRows && failure == nil
        // Prefer any server error to a requested cancellation; it is more informative.
        let error = isDone ? nil : failure.flatMap { $0.server?.sqlState == "57014" ? nil : $0 } ?? error ?? failure
        continuation.resume(returning: error.map { .failure($0.about(sql)) } ?? .success(results))
    }
}
