public import PGTypes
import PGTypesFoundation

extension PostgresQuery: ExpressibleByStringInterpolation {
    /// Creates a statement without values.
    public init(stringLiteral value: String) { self.init(sql: value) }

    /// Creates a statement from an interpolated string.
    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.query }

    /// Collects the text and the values of a statement.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var query: PostgresQuery

        /// Creates an empty statement.
        public init(literalCapacity: Int, interpolationCount: Int) {
            query = PostgresQuery(sql: "")
            query.sql.reserveCapacity(literalCapacity + interpolationCount * 3)
            query.values.reserveCapacity(interpolationCount)
        }

        /// Appends SQL from the literal.
        public mutating func appendLiteral(_ literal: String) { query.sql += literal }

        /// Binds a value: the text gets the next `$1`, `$2`, …
        ///
        /// An array is one value, to be used as in `id = ANY(\(ids))`.
        public mutating func appendInterpolation(_ value: some PostgresEncodable & Sendable) { bind(value) }

        /// Binds a value, or NULL for `nil`. `IS NOT DISTINCT FROM \(value)` compares with either.
        public mutating func appendInterpolation<Value: PostgresEncodable & Sendable>(_ value: Value?) { bind(value) }

        /// Binds a value as `jsonb`, or as `json` where the server expects that.
        public mutating func appendInterpolation(json value: some Encodable & Sendable) { bind(PostgresJSON(value)) }

        /// Binds each value: the text gets `$1, $2, $3`, as in `id IN (\(list: ids))`.
        ///
        /// The statement's text depends on the number of values, so each number is prepared separately; and SQL has no
        /// empty list, so the query is refused if there are none. `id = ANY(\(ids))` avoids both problems.
        public mutating func appendInterpolation(list values: some Sequence<some PostgresEncodable & Sendable>) {
            let before = query.values.count
            for value in values {
                if query.values.count > before { query.sql += ", " }
                bind(value)
            }
            guard query.values.count == before, query.deferredError == nil else { return }
            query.deferredError = PostgresError(
                .misuse,
                #"\(list:) was given no values, and SQL has no empty list; = ANY(\(array)) takes an empty array"#)
        }

        /// Appends a quoted identifier: the name of a table, a column, a role, … It is case-sensitive.
        ///
        /// Several names form a path: `\(identifier: "public", "users")` is `"public"."users"`.
        public mutating func appendInterpolation(identifier names: String...) { appendPath(names) }

        /// Appends a path of quoted identifiers: `\(identifier: ["public", "users"])` is `"public"."users"`.
        public mutating func appendInterpolation(identifier path: [String]) { appendPath(path) }

        private mutating func appendPath(_ names: [String]) {
            query.sql += names.map(\.quotedAsIdentifier).joined(separator: ".")
            let isName = !names.isEmpty && names.allSatisfy { !$0.isEmpty && !$0.utf8.contains(0) }
            guard !isName, query.deferredError == nil else { return }
            query.deferredError = PostgresError(.misuse, "an SQL identifier must not be empty or contain a zero byte")
        }

        /// Appends another query: its text with its parameters renumbered, and its values.
        public mutating func appendInterpolation(_ other: PostgresQuery) { query.append(other) }

        /// Appends SQL text unchanged, for keywords that depend on a condition:
        /// `ORDER BY id \(raw: isDescending ? "DESC" : "ASC")`.
        ///
        /// The text is executed as it is, so it must never contain data.
        public mutating func appendInterpolation(raw text: String) { query.sql += text }

        private mutating func bind(_ value: some PostgresEncodable & Sendable) {
            query.values.append(value)
            query.sql += "$\(query.values.count)"
        }
    }
}

extension String {
    /// The text as a quoted identifier, with quotes in it doubled.
    ///
    /// Source: PostgreSQL, sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
    var quotedAsIdentifier: String {
        // By scalars: a quote followed by a combining mark is another Character, but to the server it is still a quote.
        "\"" + unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
    }
}
