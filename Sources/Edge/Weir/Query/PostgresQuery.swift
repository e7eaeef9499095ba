public import PGTypes

/// A statement and its values. Values that are interpolated are always bound, never part of the text:
///
/// ```swift
/// let query: PostgresQuery = "SELECT name FROM users WHERE id = \(id)"   // SELECT name FROM users WHERE id = $1
/// ```
///
/// The kinds of interpolation:
///
/// | | |
/// |---|---|
/// | `\(value)` | a value, an optional, an array: `$1` |
/// | `\(json: value)` | any `Encodable`, as `jsonb`: `$1` |
/// | `\(list: values)` | one parameter for each value: `$1, $2, $3` |
/// | `\(identifier: name)` | a quoted identifier: `"name"` |
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
    /// The error in building the query; it is thrown when the query is used.
    var deferredError: PostgresError?

    /// Creates a query from SQL.
    ///
    /// Never build `sql` from data: use `values` or interpolation.
    public init(sql: String, values: [any PostgresEncodable & Sendable] = []) {
        self.sql = sql
        self.values = values
    }
}

extension PostgresQuery: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text, and the number of bound values.
    public var description: String {
        values.isEmpty ? sql : "\(sql) (\(values.count) \(values.count == 1 ? "value" : "values"))"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// The text and the number of values, so that dumping a query shows no value.
    public var customMirror: Mirror { Mirror(self, children: ["sql": sql, "valueCount": values.count]) }
}
