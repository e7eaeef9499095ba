import Testing
import Weir

@Suite(.serialized, .limited) struct PoolExecutorTests {
    private static var connectionString: String {
        get async throws { try await TestServer.shared.connectionString() }
    }

    private func withPool<Result>(
        _ size: Int = 2, _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        var configuration = try await PostgresPool.Configuration(Self.connectionString)
        configuration.maximumConnections = size
        return try await PostgresPool.with(configuration, body)
    }

    @Test func `The pool executes statements itself`() async throws {
        try await withPool { pool in
            let n: Int = try await pool.fetchValue("SELECT \(20)::int + 1")
            #expect(n == 21)
            #expect(try await pool.fetch("SELECT generate_series(1, 2)", as: Int.self) == [1, 2])
            #expect(try await pool.execute("SELECT 1").rowsAffected == 1)
            let error = await failure { try await pool.fetchOne("SELECT 1/0") }
            #expect(error?.sqlState == .divisionByZero)
            #expect(error?.origin?.file == "WeirTests/PoolExecutorTests.swift")
            let empty = await failure { try await pool.fetch("SELECT 1 IN (\(list: [Int]()))") }
            #expect(empty?.code == .misuse)
        }
    }

    @Test func `A function can take a pool`() async throws {
        func double(_ n: Int, in database: borrowing some PostgresExecutor & ~Copyable) async throws -> Int {
            try await database.withTransaction { try await $0.fetchValue("SELECT 2 * \(n)") }
        }
        try await withPool { pool in
            let eight = try await double(4, in: pool)
            #expect(eight == 8)
        }
    }

    @Test func `Session state does not reach the next lease`() async throws {
        try await withPool(1) { pool in
            try await pool.withConnection { connection in
                try await connection.execute("SET application_name = 'left behind'")
                try await connection.execute("BEGIN")
                try await connection.execute("CREATE TABLE left_behind ()")
            }
            try await pool.withConnection { connection in
                let name = try await connection.fetchValue("SHOW application_name", as: String.self)
                #expect(name != "left behind")
                let table = try await connection.fetchValue("SELECT to_regclass('left_behind')::text", as: String?.self)
                #expect(table == nil)
                try await connection.withTransaction { _ in }
            }
        }
    }

    @Test func `A stream left open does not reach the next lease`() async throws {
        try await withPool(1) { pool in
            var iterator = try await pool.withConnection { connection in
                let stream = connection.stream("SELECT generate_series(1, 10000000)", as: Int.self)
                var iterator = stream.makeAsyncIterator()
                _ = try await iterator.next()
                return iterator
            }
            let late = try await pool.withConnection { $0.stream("SELECT 1", as: Int.self) }
            try await pool.withConnection { connection in
                try await checkIsUsable(connection)
                let error = await failure { while try await iterator.next() != nil {} }
                #expect(error?.code == .connectionReturned)
                let lateError = await failure { for try await _ in late {} }
                #expect(lateError?.code == .connectionReturned)
                try await checkIsUsable(connection)
            }
        }
    }

    @Test func `Swapping two connections does not mix up leases`() async throws {
        try await withPool(2) { pool in
            try await pool.withConnection { outer in
                try await pool.withConnection { inner in swap(&outer, &inner) }
                let error = await failure { try await outer.execute("SELECT 1") }
                #expect(error?.code == .connectionReturned)
            }
            for _ in 0..<4 { try await pool.execute("SELECT 1") }
        }
    }

    @Test func `Many tasks share few connections, and all are served`() async throws {
        try await withPool(3) { pool in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for n in 0..<200 {
                    group.addTask {
                        if n.isMultiple(of: 3) {
                            return try await pool.withTransaction { try await $0.fetchValue("SELECT \(n)::int") }
                        }
                        return try await pool.fetchValue("SELECT \(n)::int")
                    }
                }
                var sum = 0
                for try await n in group { sum += n }
                #expect(sum == 19900)
            }
        }
    }

    @Test func `The pool's command_timeout applies to statements without their own`() async throws {
        var configuration = try await PostgresPool.Configuration(Self.connectionString)
        configuration.commandTimeout = .milliseconds(50)
        try await PostgresPool.with(configuration) { pool in
            let error = await failure { try await pool.execute("SELECT pg_sleep(600)") }
            #expect(error?.code == .commandTimeout)
        }
    }

    @Test func `Reading and writing work without replicas`() async throws {
        try await withPool { pool in
            let read = try await pool.read { try await $0.fetchValue("SELECT 1", as: Int.self) }
            let written = try await pool.write { try await $0.fetchValue("SELECT 2", as: Int.self) }
            #expect(read == 1 && written == 2)
        }
    }

    @Test func `The pool listens on a separate connection`() async throws {
        try await withPool(1) { pool in
            try await pool.listen(to: "pool listens") { events in
                try await pool.notify("pool listens", "hello")
                for try await case .notification(let notification) in events {
                    #expect(notification.payload == "hello")
                    break
                }
            }
            let error = await failure { try await pool.listen(to: "") { _ in } }
            #expect(error?.code == .misuse)
        }
    }

    @Test func `A program can connect without a pool`() async throws {
        let answer = try await PostgresConnection.with(Self.connectionString) { connection in
            #expect(connection.parameters["server_version"] != nil)
            return try await connection.fetchValue("SELECT 42", as: Int.self)
        }
        #expect(answer == 42)
        let error = await failure {
            try await PostgresConnection.with(TestServer.shared.connectionString(database: "nowhere")) { _ in }
        }
        #expect(error?.code == .refused)
        #expect(error?.sqlState == .invalidCatalogName)
        #expect(error?.origin?.file == "WeirTests/PoolExecutorTests.swift")
    }
}
