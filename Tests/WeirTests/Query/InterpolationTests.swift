import Testing
import Weir

@Suite(.serialized, .limited) struct InterpolationTests {
    @Test func `Values are bound as parameters, never written into the SQL`() {
        let name = "Robert'); DROP TABLE students;--", age: Int? = nil
        let query: PostgresQuery = "INSERT INTO students VALUES (\(name), \(age), \([1, 2]))"
        #expect(query.sql == "INSERT INTO students VALUES ($1, $2, $3)")
        #expect(query.values.count == 3)
    }

    @Test func `A list has one parameter for each value`() {
        let query: PostgresQuery = "SELECT \(true) WHERE id IN (\(list: [7, 8, 9])) AND x = \("y")"
        #expect(query.sql == "SELECT $1 WHERE id IN ($2, $3, $4) AND x = $5")
        #expect(query.values.count == 5)
    }

    @Test func `An empty list is refused, since SQL has none`() async throws {
        try await withConnection { connection in
            let error = await failure { try await connection.fetch("SELECT 1 IN (\(list: [Int]()))") }
            #expect(error?.code == .misuse)
            let found = try await connection.fetchValue("SELECT 1 = ANY(\([Int]()))", as: Bool.self)
            #expect(!found)
        }
    }

    @Test(arguments: [
        (["users"], #""users""#), (["App", "order"], #""App"."order""#),
        ([#"a"; DROP TABLE x;--"#], #""a""; DROP TABLE x;--""#),
        // A quote with a combining mark is one Character, but to the server it is a quote.
        (["a\"\u{301}; DROP TABLE x;--"], "\"a\"\"\u{301}; DROP TABLE x;--\""),
    ])
    func `Names are quoted`(path: [String], sql: String) {
        let query: PostgresQuery = path.count == 1 ? "\(identifier: path[0])" : "\(identifier: path[0], path[1])"
        let whole: PostgresQuery = "\(identifier: path)"
        #expect(query.sql == sql)
        #expect(whole.sql == sql)
        #expect(query.values.isEmpty)
    }

    @Test(arguments: [[], [""], ["public", ""], ["a\0b"], ["public", "a\0\"; DROP TABLE x;--"]])
    func `Invalid identifiers are refused`(path: [String]) async throws {
        try await withConnection { connection in
            let error = await failure { try await connection.execute("SELECT 1 AS \(identifier: path)") }
            #expect(error?.code == .misuse)
            #expect(error?.message.contains("an SQL identifier") == true)
            try await checkIsUsable(connection)
        }
    }

    @Test func `A path of hostile names is quoted`() async throws {
        try await withConnection { connection in
            let path = ["s\"\u{301}.t", "t\"; SELECT 1/0; --\u{308}"]
            try await connection.withTransaction { transaction in
                try await transaction.execute("CREATE SCHEMA \(identifier: path[0])")
                try await transaction.execute("CREATE TABLE \(identifier: path) AS SELECT 7 AS n")
                #expect(try await transaction.fetch("SELECT n FROM \(identifier: path)", as: Int.self) == [7])
                let found: Int = try await transaction.fetchValue(
                    """
                    SELECT count(*) FROM pg_tables WHERE schemaname = \(path[0]) AND tablename = \(path[1])
                    """)
                #expect(found == 1)
                try await transaction.execute("DROP SCHEMA \(identifier: path[0]) CASCADE")
            }
        }
    }

    @Test func `A hostile table name is quoted`() async throws {
        try await withConnection { connection in
            let name = #"x"; SELECT 1/0; --"#
            try await connection.execute("CREATE TEMP TABLE \(identifier: name) (\(identifier: "Column") int)")
            try await connection.execute("INSERT INTO \(identifier: name) VALUES (\(3))")
            let row = try await connection.fetchOne("SELECT * FROM \(identifier: name)")
            #expect(row.columns[0].name == "Column")
        }
    }

    @Test func `Queries are joined with their values`() {
        let conditions: [PostgresQuery] = ["a = \(1)", "b IN (\(list: [2, 3]))", "c = \(raw: "now()")"]
        let query: PostgresQuery = "SELECT \(0) WHERE \(conditions.joined(separator: " AND ")) LIMIT \(9)"
        #expect(query.sql == "SELECT $1 WHERE a = $2 AND b IN ($3, $4) AND c = now() LIMIT $5")
        #expect(query.values.compactMap { $0 as? Int } == [0, 1, 2, 3, 9])
        #expect(("a = \(1)" + " OR b = \(2)" as PostgresQuery).sql == "a = $1 OR b = $2")
    }

    // Which dollars are parameters was first observed from PostgreSQL 15.18.
    @Test(arguments: [
        ("$1 + $2", "$11 + $12"), ("'$1' || $1", "'$1' || $11"), ("E'\\'$1' || $1", "E'\\'$1' || $11"),
        (#""$1" || $1"#, #""$1" || $11"#), ("-- $1\n$1", "-- $1\n$11"),
        ("/* $1 /* $1 */ $1 */ $1", "/* $1 /* $1 */ $1 */ $11"),
        ("$$ $1 $$ || $1", "$$ $1 $$ || $11"), ("$a$ $1 $$ $1 $a$ || $1", "$a$ $1 $$ $1 $a$ || $11"),
        ("a$1 + $1", "a$1 + $11"), ("'it''s $1' || $1", "'it''s $1' || $11"), ("'open $1", "'open $1"), ("$", "$"),
        ("$99999999999999999999", "$99999999999999999999"), ("'\\' || $1", "'\\' || $11"), ("€$1 || 'ä'", "€$1 || 'ä'"),
    ])
    func `Only parameters are renumbered when queries are joined`(sql: String, shifted: String) {
        var query = PostgresQuery(sql: "", values: Array(repeating: 0, count: 10))
        query.append(PostgresQuery(sql: sql))
        #expect(query.sql == shifted)
    }

    @Test func `Printing a query never shows a value`() {
        let query: PostgresQuery = "SELECT \("hunter2"), \("hunter3")"
        var dumped = ""
        dump(query, to: &dumped)
        let all = ["\(query)", String(reflecting: query), String(describing: Optional(query)), dumped]
        #expect(all.allSatisfy { !$0.contains("hunter") && $0.contains("$2") })
        #expect("\(query)" == "SELECT $1, $2 (2 values)")
    }

    @Test func `Values are sent as JSON on request`() async throws {
        struct Settings: Codable, Equatable, Sendable {
            var theme = "dark", sizes = [1, 2]
        }
        try await withConnection { connection in
            let settings = Settings()
            let row = try await connection.fetchOne(
                "SELECT \(json: settings)::jsonb AS s", as: PostgresJSON<Settings>.self)
            #expect(row.value == settings)
            let theme = try await connection.fetchValue("SELECT \(json: settings)::jsonb->>'theme'", as: String.self)
            #expect(theme == "dark")
        }
    }
}
