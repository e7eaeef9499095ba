public import PGTypes

/// A statement and its values. Values that are interpolated are always bound, never part of the text:
///
/// ```swift
/// let query: PostgresQuery = "SELECT name FROM users WHERE id = \(id)"   // SELECT name FROM users WHERE id = $1
/// ```
public struct PostgresQuery: Sendable {
    /// The text, with `$1`, `$2`, … where values are bound.
    public var sql: String
    /// The values, in the order of their numbers.
    public var values: [any PostgresEncodable & Sendable]

    /// A statement in the words of SQL.
    ///
    /// Never build `sql` out of data: that is what `values` and interpolation are for.
    public init(sql: String, values: [any PostgresEncodable & Sendable] = []) {
        self.sql = sql
        self.values = values
    }
}
