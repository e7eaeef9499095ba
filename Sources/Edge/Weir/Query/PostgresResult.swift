public import PGTypes

/// Everything a statement gave.
public struct PostgresResult: Sendable {
    /// The rows, none for a statement that returns none.
    public let rows: PostgresRows
    /// What the statement did.
    public let tag: PostgresCommandTag

    package init(rows: PostgresRows, tag: PostgresCommandTag) {
        self.rows = rows
        self.tag = tag
    }
}
