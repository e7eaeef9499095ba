public import PGTypes

/// A statement and its values. Values that are interpolated are always bound, never part of the text:
///
/// ```swift
/// let query: PostgresQuery = "SELECT name FROM users WHERE id = \(id)"   // SELECT name FROM users WHERE id = $1
/// ```
///
/// What can stand in the parentheses:
///
/// | | |
/// |---|---|
/// | `\(value)` | a value, an optional, an array: `$1` |
/// | `\(json: value)` | any `Encodable`, as `jsonb`: `$1` |
/// | `\(list: values)` | one parameter for each value: `$1, $2, $3` |
/// | `\(identifier: name)` | a name in quotes: `"name"` |
/// | `\(identifier: [schema, table])` | a path: `"schema"."table"` |
/// | `\(query)` | another query with its values |
/// | `\(raw: text)` | SQL as it is. Never put data here |
///
/// Printing a query shows its text and how many values it has, never a value.
public struct PostgresQuery: Sendable {
    /// The text, with `$1`, `$2`, … where values are bound.
    public var sql: String
    /// The values, in the order of their numbers.
    public var values: [any PostgresEncodable & Sendable]
    /// Why this is no query; it is thrown when it is used.
    var mistake: PostgresError?

    /// A statement in the words of SQL.
    ///
    /// Never build `sql` out of data: that is what `values` and interpolation are for.
    public init(sql: String, values: [any PostgresEncodable & Sendable] = []) {
        self.sql = sql
        self.values = values
    }
}

extension PostgresQuery: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text, and how many values are bound.
    public var description: String {
        values.isEmpty ? sql : "\(sql) (\(values.count) \(values.count == 1 ? "value" : "values"))"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// The text and the number of values, so that dumping a query shows no value.
    public var customMirror: Mirror { Mirror(self, children: ["sql": sql, "valueCount": values.count]) }
}
