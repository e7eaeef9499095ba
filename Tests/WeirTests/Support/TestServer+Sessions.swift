import Testing
import Weir

extension TestServer {
    /// Lends a separate session, and closes it.
    func withSession<R>(
        _ configuration: PostgresSession.Configuration = .init(), _ body: (PostgresSession) async throws -> R
    ) async throws -> R {
        let session = await PostgresSession(try await connect(), configuration: configuration)
        do {
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }
}

extension PostgresSession {
    /// Many rows of values that are not known before.
    func executeMany(
        _ sql: String, rows: some Sequence<[any PostgresEncodable & Sendable]>, timeout: Duration? = nil
    ) async throws(PostgresError) -> Int {
        var source = rows.makeIterator(), kept: [[any PostgresEncodable & Sendable]] = [], position = 0
        return try await executeMany(sql, timeout: timeout) { (bind) throws(PostgresError) in
            if bind.startsOver { (position, bind.startsOver) = (0, false) }
            if position == kept.count {
                guard let row = source.next() else { return false }
                kept.append(row)
            }
            let row = kept[position]
            position += 1
            let types = bind.types + Array(repeating: .unspecified, count: max(0, row.count - bind.types.count))
            try bind.begin(with: zip(row, types).map { type(of: $0).postgresFormat(for: $1) })
            bind.beginRow()
            for value in row { try bind.append(value: value) }
            try bind.endRow()
            return true
        }
    }

    /// Whatever went before, the next question gets its own answer.
    func checkIsUsable() async throws {
        for number in 1...2 {
            let result = try await query(PostgresQuery(sql: "SELECT $1::int8, 'usable'", values: [number]))
            let (answer, text) = try result.rows[0].decode((Int, String).self)
            #expect(answer == number)
            #expect(text == "usable")
        }
    }

    /// Waits until the server works on a statement of this session; others ask it.
    func waitUntilActive() async throws {
        let state = PostgresQuery(
            sql: "SELECT state FROM pg_stat_activity WHERE pid = $1", values: [processID ?? 0])
        try await TestServer.shared.withSession { other in
            try await until("the statement runs") {
                try await other.query(state).rows.first?.decode(String?.self) == "active"
            }
        }
    }
}
