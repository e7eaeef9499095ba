public import PGTypes
import PGTypesFoundation

extension PostgresQuery: ExpressibleByStringInterpolation {
    /// A statement without values.
    public init(stringLiteral value: String) { self.init(sql: value) }

    /// A statement with what was interpolated.
    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.query }

    /// Collects the pieces of a statement.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var query: PostgresQuery

        /// Begins an empty statement.
        public init(literalCapacity: Int, interpolationCount: Int) {
            query = PostgresQuery(sql: "")
            query.sql.reserveCapacity(literalCapacity + interpolationCount * 3)
            query.values.reserveCapacity(interpolationCount)
        }

        /// SQL as it stands in the source.
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
        /// The statement's text depends on how many there are, so each number of them is prepared anew; and SQL has no
        /// empty list: the query is refused then. `id = ANY(\(ids))` has neither trouble.
        public mutating func appendInterpolation(list values: some Sequence<some PostgresEncodable & Sendable>) {
            let before = query.values.count
            for value in values {
                if query.values.count > before { query.sql += ", " }
                bind(value)
            }
            guard query.values.count == before, query.mistake == nil else { return }
            query.mistake = PostgresError(
                .misuse,
                #"\(list:) was given no values, and SQL has no empty list; = ANY(\(array)) takes an empty array"#)
        }

        /// A name, in quotes: of a table, a column, a role, … It means exactly that name, capital letters and all.
        ///
        /// Several names are one path: `\(identifier: "public", "users")` is `"public"."users"`.
        public mutating func appendInterpolation(identifier names: String...) { appendPath(names) }

        /// The parts of a path, each in quotes: `\(identifier: ["public", "users"])` is `"public"."users"`.
        public mutating func appendInterpolation(identifier path: [String]) { appendPath(path) }

        private mutating func appendPath(_ names: [String]) {
            query.sql += names.map(\.quotedAsIdentifier).joined(separator: ".")
            let isName = !names.isEmpty && names.allSatisfy { !$0.isEmpty && !$0.utf8.contains(0) }
            guard !isName, query.mistake == nil else { return }
            query.mistake = PostgresError(.misuse, "a name in SQL is not empty and holds no zero byte")
        }

        /// Another query: its text with its parameters numbered on, and its values.
        public mutating func appendInterpolation(_ other: PostgresQuery) { query.append(other) }

        /// SQL as it is, for keywords that depend on a decision: `ORDER BY id \(raw: isDescending ? "DESC" : "ASC")`.
        ///
        /// Whoever writes `text` commands the database. Never let data in.
        public mutating func appendInterpolation(raw text: String) { query.sql += text }

        private mutating func bind(_ value: some PostgresEncodable & Sendable) {
            query.values.append(value)
            query.sql += "$\(query.values.count)"
        }
    }
}

extension String {
    /// In quotes, and quotes in it doubled.
    ///
    /// Source: PostgreSQL, sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
    var quotedAsIdentifier: String {
        // By scalars: with a combining mark behind it a quote is another Character, and to the server still a quote.
        "\"" + unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
    }
}
