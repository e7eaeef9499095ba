extension PostgresQuery {
    /// Appends a query: its text, with its parameters renumbered, and its values.
    public mutating func append(_ other: PostgresQuery) {
        sql += values.isEmpty ? other.sql : ParameterNumbers.shifted(other.sql, by: values.count)
        values += other.values
        deferredError = deferredError ?? other.deferredError
    }

    /// Concatenates two queries, with nothing in between.
    public static func + (left: PostgresQuery, right: PostgresQuery) -> PostgresQuery {
        var query = left
        query.append(right)
        return query
    }

    /// Appends a query.
    public static func += (left: inout PostgresQuery, right: PostgresQuery) { left.append(right) }
}

extension Sequence<PostgresQuery> {
    /// Joins all queries, with `separator` in between: `conditions.joined(separator: " AND ")`.
    public func joined(separator: PostgresQuery = "") -> PostgresQuery {
        var whole = PostgresQuery(sql: ""), isFirst = true
        for query in self {
            if !isFirst { whole.append(separator) }
            whole.append(query)
            isFirst = false
        }
        return whole
    }
}
