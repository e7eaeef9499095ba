public import PGTypes

/// Everything a statement gave.
public struct PostgresResult: Sendable {
    /// The rows, none for a statement that returns none.
    public let rows: PostgresRows
    /// What the statement did.
    public let tag: PostgresCommandTag

    /// A result; also for executors of your own, in tests for instance.
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
        self.init(.wrongRowCount, "\(expected) was expected, but there are \(count)")
        query = sql
        self.origin = origin
    }

    @usableFromInline
    init(wrongColumnCount count: Int, _ sql: String, _ origin: SourceLocation) {
        self.init(.wrongRowCount, "one column was expected, but there are \(count)")
        query = sql
        self.origin = origin
    }
}
