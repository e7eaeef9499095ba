public import PGTypes

extension PostgresConnectionScope where Self: ~Copyable {
    /// Copies tuples into a table: the fastest way to insert very many rows.
    ///
    /// ```swift
    /// try await connection.copyIn(into: "points", columns: ["id", "x"], [(1, 2.5), (2, nil)])
    /// ```
    ///
    /// Values are sent in PostgreSQL's binary format, in the types of the columns. To find these out, the role needs
    /// the privilege to SELECT the columns.
    ///
    /// - Parameters:
    ///   - table: SQL: `"app.points"`, `"\(identifier: name)"`.
    ///   - columns: the columns' exact names, one for each value of a tuple.
    /// - Returns: the number of rows copied.
    @discardableResult
    @inlinable
    public func copyIn<each Value: PostgresEncodable>(
        into table: PostgresQuery, columns: [String], _ rows: some Sequence<(repeat each Value)>,
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> Int {
        let origin = SourceLocation(file: file, line: line)
        var encoder = try await encoder(table, columns, origin, (repeat each Value).self)
        let copy = try await begin(statement(table, encoder), timeout, origin)
        do {
            for row in rows {
                try encoder.append((repeat each row), origin)
                if encoder.writer.count >= 64 * 1024 { try await copy.write(encoder.take()) }
            }
        } catch {
            throw await copy.fail(error)
        }
        return try await copy.finish(encoder.takeAll())
    }

    /// Copies the tuples of an asynchronous sequence into a table.
    ///
    /// - Parameters:
    ///   - table: SQL: `"app.points"`, `"\(identifier: name)"`.
    ///   - columns: the columns' exact names, one for each value of a tuple.
    /// - Returns: the number of rows copied.
    @discardableResult
    @inlinable
    public func copyIn<each Value: PostgresEncodable, Rows: AsyncSequence>(
        into table: PostgresQuery, columns: [String], from rows: Rows,
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> Int where Rows.Element == (repeat each Value) {
        let origin = SourceLocation(file: file, line: line)
        var encoder = try await encoder(table, columns, origin, (repeat each Value).self)
        let copy = try await begin(statement(table, encoder), timeout, origin)
        do {
            for try await row in rows {
                try encoder.append((repeat each row), origin)
                if encoder.writer.count >= 64 * 1024 { try await copy.write(encoder.take()) }
            }
        } catch {
            throw await copy.fail(error)
        }
        return try await copy.finish(encoder.takeAll())
    }

    @usableFromInline
    func encoder<each Value: PostgresEncodable>(
        _ table: PostgresQuery, _ names: [String], _ origin: SourceLocation, _: (repeat each Value).Type
    ) async throws(PostgresError) -> CopyRowEncoder {
        var count = 0
        for _ in repeat (each Value).self { count += 1 }
        guard count == names.count else {
            throw handle.located(
                PostgresError(.misuse, "\(names.count) columns were given, but rows have \(count) values"), origin)
        }
        // Selects one row of NULLs, which has the columns' types, including user-defined ones.
        let list = names.map { PostgresQuery(sql: "t." + $0.quotedAsIdentifier) }.joined(separator: ", ")
        let query: PostgresQuery = "SELECT \(list) FROM (SELECT 1) AS one LEFT JOIN \(table) AS t ON false"
        let columns = try await result(of: query, timeout: nil, origin: origin).rows.columns
        var isBinary = true, index = 0
        for value in repeat (each Value).self {
            isBinary = isBinary && value.postgresFormat(for: columns[index].type) == .binary
            index += 1
        }
        return CopyRowEncoder(columns, isBinary: isBinary)
    }

    @usableFromInline
    func begin(
        _ query: PostgresQuery, _ timeout: Duration?, _ origin: SourceLocation
    ) async throws(PostgresError) -> CopyRun { try await CopyRun(query, handle, timeout, origin) }

    @usableFromInline
    func statement(_ table: PostgresQuery, _ encoder: CopyRowEncoder) -> PostgresQuery {
        let list = encoder.columns.map { PostgresQuery(sql: $0.name.quotedAsIdentifier) }.joined(separator: ", ")
        return "COPY \(table) (\(list)) FROM STDIN (FORMAT \(raw: encoder.isBinary ? "binary" : "text"))"
    }
}
