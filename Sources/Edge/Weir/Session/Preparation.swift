import PGSession
import PGTypes
import PGWire

/// Prepares a statement: Parse, Describe, and a look-up of its types if some are unknown.
///
/// All of it happens without a Sync, so that a transaction pooler keeps the client on one server until the statement
/// has been executed. The look-up is a statement of its own in the same series.
final class Preparation {
    private let sql: String
    private let name: String
    private var parameters: [UInt32] = []
    private var columns: [PostgresColumn]?
    private var types: PostgresRows.Builder?

    /// Writes the messages that prepare the statement.
    init(_ sql: String, _ session: SessionHandler) {
        self.sql = sql
        name = session.cache.newName(for: sql)
        session.closeEvicted()
        session.writer.parse(sql, name: name)
        session.writer.describe(.statement, name: name)
        session.writer.flush()
        session.answers.expect(.parse)
        session.answers.expect(.parameters)
        session.answers.expect(.columns)
    }

    /// Receives one message of the answer.
    ///
    /// - Returns: the statement, when all of it is known.
    func receive(
        _ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler
    ) throws(SessionError) -> PreparedStatement? {
        switch meaning {
        case .parameters: parameters = try ParameterDescription(body: body).types
        case .columns:
            columns = try RowDescription(body: body).columns
            return lookUpOrFinish(session)
        case .noColumns: return lookUpOrFinish(session)
        case .complete where types != nil: return try learn(session)
        case .done, .bound: break
        default: throw .unexpected(0)
        }
        return nil
    }

    func receiveRow(_ body: RawSpan) throws(SessionError) {
        do throws(PostgresDecodingError) {
            try types?.append(dataRow: body)
        } catch {
            throw .malformed(BackendMessage.dataRow.rawValue)
        }
    }

    /// Abandons the preparation, after an error or because the call was stopped: the server may still have the
    /// statement.
    func abandon(_ session: SessionHandler) { session.cache.abandon(name: name) }

    private func lookUpOrFinish(_ session: SessionHandler) -> PreparedStatement? {
        let unknown = session.configuration.catalog.unknown(in: parameters + (columns ?? []).map(\.type.oid))
        guard !unknown.isEmpty, session.transactionStatus != .failed else { return finish(session) }
        types = PostgresRows.Builder(TypeLookup.columns)
        session.writer.parse(PostgresTypeCatalog.query, name: "")
        // An array of numbers can always be encoded.
        try? session.writer.bind(TypeLookup.statement, values: [unknown])
        session.writer.execute()
        session.writer.flush()
        session.answers.expect(.parse)
        session.answers.expect(.bind)
        session.answers.expect(.execution)
        return nil
    }

    private func learn(_ session: SessionHandler) throws(SessionError) -> PreparedStatement? {
        let rows = types?.finish()
        types = nil
        var entries: [PostgresTypeCatalog.Entry] = []
        for row in rows.map(Array.init) ?? [] {
            do throws(PostgresDecodingError) {
                entries.append(try PostgresTypeCatalog.Entry(row))
            } catch {
                throw .malformed(BackendMessage.dataRow.rawValue)
            }
        }
        session.configuration.catalog.learn(entries, asked: parameters + (columns ?? []).map(\.type.oid))
        if name.isEmpty {
            // The look-up has replaced the unnamed statement.
            session.writer.parse(sql, name: "")
            session.answers.expect(.parse)
        }
        return finish(session)
    }

    private func finish(_ session: SessionHandler) -> PreparedStatement {
        let catalog = session.configuration.catalog.snapshot
        let columns = columns?.map { column in
            var column = column
            column.type = catalog[column.type.oid]
            return column
        }
        let statement = PreparedStatement(name: name, parameters: parameters.map { catalog[$0] }, columns: columns)
        session.cache.insert(statement, for: sql)
        return statement
    }
}

/// The parameters and columns of ``PostgresTypeCatalog/query``.
private enum TypeLookup {
    static let statement = PreparedStatement(
        name: "", parameters: [.oid.array ?? .unspecified], columns: Array(columns))
    static let columns: PostgresColumns = {
        let textArray = PostgresType.text.array ?? .unspecified, oidArray = PostgresType.oid.array ?? .unspecified
        let types: [PostgresType] = [.oid, .text, .text, .oid, .oid, .oid, textArray, textArray, oidArray]
        return PostgresColumns(types.map { PostgresColumn(name: $0.name, type: $0) })
    }()
}

extension SessionHandler {
    /// Closes evicted statements on the server, at the beginning of a series: after an error the messages would be
    /// skipped.
    func closeEvicted() {
        guard !cache.evicted.isEmpty else { return }
        for name in cache.takeEvicted() {
            writer.close(.statement, name: name)
            answers.expect(.close)
        }
    }
}
