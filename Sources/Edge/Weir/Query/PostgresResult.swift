public import PGTypes

/// The complete result of a statement.
public struct PostgresResult: Sendable {
    /// The rows; none for a statement that returns none.
    public let rows: PostgresRows
    /// The statement's command tag.
    public let tag: PostgresCommandTag

    /// Creates a result; also for custom executors, in tests for instance.
    public init(rows: PostgresRows, tag: PostgresCommandTag) {
        self.rows = rows
        self.tag = tag
    }
}

extension PostgresResult {
    @usableFromInline
    func onlyRow(_ sql: String, _ origin: SourceLocation) throws(PostgresError) -> PostgresRow {
        guard let row = rows.first, rows.count == 1 else {
            throw PostgresError(wrongRowCount: rows.count, expected: "one row", sql, origin)
        }
        return row
    }

    @usableFromInline
    func onlyRowIfAny(_ sql: String, _ origin: SourceLocation) throws(PostgresError) -> PostgresRow? {
        guard rows.count <= 1 else {
            throw PostgresError(wrongRowCount: rows.count, expected: "at most one row", sql, origin)
        }
        return rows.first
    }
}

extension PostgresError {
    init(wrongRowCount count: Int, expected: String, _ sql: String, _ origin: SourceLocation) {
        self.init(.wrongRowCount, "expected \(expected), but got \(count)")
        query = sql
        self.origin = origin
    }

    @usableFromInline
    init(wrongColumnCount count: Int, _ sql: String, _ origin: SourceLocation) {
        self.init(.wrongRowCount, "expected one column, but got \(count)")
        query = sql
        self.origin = origin
    }
}
