import PGWire
import Testing
import Weir

@Suite(.serialized, .limited) struct TransactionTests {
    private struct Refusal: Error, Equatable {}

    @Test func `A closure that returns is committed, one that throws is rolled back`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int)")
            let answer = try await connection.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                // The connection may be used, too: it is in the transaction.
                try await connection.execute("INSERT INTO t VALUES (2)")
                return 42
            }
            #expect(answer == 42)
            await #expect(throws: Refusal()) {
                try await connection.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (3)")
                    throw Refusal()
                }
            }
            #expect(try await connection.fetch("SELECT id FROM t ORDER BY id", as: Int.self) == [1, 2])
        }
    }

    @Test func `A COMMIT that is answered with ROLLBACK throws, with the reason`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int PRIMARY KEY)")
            let error = await failure {
                try await connection.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    _ = try? await transaction.execute("INSERT INTO t VALUES (1)")
                    _ = try? await transaction.execute("SELECT 1")
                }
            }
            #expect(error?.code == .transactionRolledBack)
            #expect((error?.underlying as? PostgresError)?.sqlState == .uniqueViolation)
            #expect(error?.origin?.file == "WeirTests/TransactionTests.swift")
            #expect(try await connection.fetch("SELECT * FROM t").isEmpty)
        }
    }

    @Test func `A constraint that is checked at COMMIT throws there`() async throws {
        try await withConnection { connection in
            try await connection.executeScript(
                "CREATE TEMP TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let error = await failure {
                try await connection.withTransaction { try await $0.execute("INSERT INTO t VALUES (1), (1)") }
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(try await connection.fetch("SELECT * FROM t").isEmpty)
        }
    }

    @Test func `A savepoint undoes only its own changes`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int PRIMARY KEY)")
            try await connection.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                let error = await failure {
                    try await transaction.withTransaction { inner in
                        try await inner.execute("INSERT INTO t VALUES (2)")
                        try await inner.execute("INSERT INTO t VALUES (1)")
                    }
                }
                #expect(error?.sqlState == .uniqueViolation)
                try await transaction.withSavepoint { inner in
                    try await inner.execute("INSERT INTO t VALUES (3)")
                    try await inner.withTransaction { try await $0.execute("INSERT INTO t VALUES (4)") }
                    await #expect(throws: Refusal()) {
                        try await inner.withSavepoint { innermost in
                            try await innermost.execute("INSERT INTO t VALUES (5)")
                            throw Refusal()
                        }
                    }
                }
                let swallowed = await failure {
                    try await transaction.withTransaction { _ = try? await $0.execute("SELECT 1/0") }
                }
                #expect(swallowed?.code == .transactionRolledBack)
                #expect((swallowed?.underlying as? PostgresError)?.sqlState == .divisionByZero)
            }
            #expect(try await connection.fetch("SELECT id FROM t ORDER BY id", as: Int.self) == [1, 3, 4])
        }
    }

    @Test func `A transaction has the requested modes`() async throws {
        try await withConnection { connection in
            func modes(_ transaction: borrowing PostgresTransaction) async throws -> [String] {
                var modes: [String] = []
                for name in ["transaction_isolation", "transaction_read_only", "transaction_deferrable"] {
                    modes.append(try await transaction.fetchValue("SELECT current_setting(\(name))"))
                }
                return modes
            }
            let usual = try await connection.withTransaction { try await modes($0) }
            #expect(usual == ["read committed", "off", "off"])
            for isolation in PostgresTransaction.Isolation.allCases {
                let reading = try await connection.withTransaction(isolation, readOnly: true) { try await modes($0) }
                #expect(reading == [isolation.rawValue.lowercased(), "on", "off"])
            }
            let waiting = try await connection.withTransaction(.serializable, readOnly: true, deferrable: true) {
                try await modes($0)
            }
            #expect(waiting == ["serializable", "on", "on"])
            let error = await failure {
                try await connection.withTransaction(readOnly: true) { try await $0.execute("CREATE TABLE no ()") }
            }
            #expect(error?.sqlState == .readOnlySQLTransaction)
        }
    }

    @Test func `A second transaction on the same connection is refused, not merged`() async throws {
        try await withConnection { connection in
            try await connection.withTransaction { transaction in
                let nested = await failure { try await connection.withTransaction { _ in } }
                #expect(nested?.code == .misuse)
                try await transaction.withTransaction { inner in
                    let beside = await failure { try await transaction.withTransaction { _ in } }
                    #expect(beside?.code == .misuse)
                    try await inner.execute("SELECT 1")
                }
                try await transaction.execute("SELECT 1")
            }
            try await connection.execute("BEGIN")
            let manual = await failure { try await connection.withTransaction { _ in } }
            #expect(manual?.code == .misuse)
            try await connection.execute("ROLLBACK")
            try await connection.withTransaction { _ in }
        }
    }

    @Test func `Ending the transaction inside the closure is an error`() async throws {
        try await withConnection { connection in
            let error = await failure {
                try await connection.withTransaction { try await $0.execute("COMMIT") }
            }
            #expect(error?.code == .misuse)
            let savepoint = await failure {
                try await connection.withTransaction { transaction in
                    try await transaction.withTransaction { try await $0.execute("ROLLBACK") }
                }
            }
            #expect(savepoint?.code == .server)
            try await connection.withTransaction { _ in }
        }
    }

    @Test func `A serialization failure is retried from the beginning`() async throws {
        try await withConnection { connection in
            try await connection.executeScript(
                """
                DROP TABLE IF EXISTS retried; CREATE TABLE retried (id int, n int); INSERT INTO retried VALUES (1, 0)
                """)
            try await withConnection { other in
                var attempts = 0
                let retry = PostgresTransaction.Retry.serializationFailures(delay: .zero)
                try await connection.withTransaction(.serializable, retry: retry) { transaction in
                    attempts += 1
                    let n: Int = try await transaction.fetchValue("SELECT n FROM retried")
                    if attempts < 3 { try await other.execute("UPDATE retried SET n = n + 10") }
                    try await transaction.execute("UPDATE retried SET n = \(n + 1)")
                }
                #expect(attempts == 3)
                #expect(try await other.fetchValue("SELECT n FROM retried", as: Int.self) == 21)
            }
            try await connection.execute("DROP TABLE retried")
        }
    }

    @Test func `Retries are limited, and other errors are not retried`() async throws {
        try await withConnection { connection in
            for (code, expected) in [("40001", 3), ("40P01", 3), ("23505", 1)] {
                var attempts = 0
                let error = await failure {
                    try await connection.withTransaction(retry: .serializationFailures(attempts: 3, delay: .zero)) {
                        attempts += 1
                        try await $0.execute("DO \(raw: "$$ BEGIN RAISE SQLSTATE '\(code)'; END $$")")
                    }
                }
                #expect(error?.sqlState?.rawValue == code)
                #expect(attempts == expected)
            }
        }
    }

    @Test func `A serialization failure that the closure swallows is retried too`() async throws {
        try await withConnection { connection in
            var attempts = 0
            try await connection.withTransaction(retry: .serializationFailures(delay: .zero)) { transaction in
                attempts += 1
                if attempts == 1 { _ = try? await transaction.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$") }
            }
            #expect(attempts == 2)
        }
    }

    @Test func `Cancelling the task rolls back and keeps the connection`() async throws {
        try await withConnection { holder in
            try await holder.executeScript("DROP TABLE IF EXISTS cancelled; CREATE TABLE cancelled (id int)")
            let key = 815
            _ = try await holder.fetch("SELECT pg_advisory_lock(\(key))")
            let session = try await makeSession()
            let process = try #require(session.processID)
            let task = Task {
                let lease = PostgresLease(session, origin: SourceLocation(file: #fileID, line: #line))
                return try await lease.withConnection(
                    { connection in
                        let error = await failure {
                            try await connection.withTransaction { transaction in
                                try await transaction.execute("INSERT INTO cancelled VALUES (1)")
                                _ = try await transaction.fetch("SELECT pg_advisory_lock(\(key))")
                            }
                        }
                        return (error?.code, session.status, session.isOpen)
                    }, release: { _ in })
            }
            try await waitUntilBlocked(process, seenBy: holder)
            task.cancel()
            let (code, status, isOpen) = try await task.value
            #expect(code == .cancelled)
            #expect(status == .idle && isOpen)
            #expect(try await holder.fetch("SELECT * FROM cancelled").isEmpty)
            try await holder.execute("DROP TABLE cancelled")
            await session.close()
        }
    }

    @Test func `A transaction whose task was cancelled before COMMIT is not committed`() async throws {
        try await withConnection { holder in
            try await holder.executeScript("DROP TABLE IF EXISTS late; CREATE TABLE late (id int)")
            let task = Task {
                await failure {
                    try await withConnection { connection in
                        try await connection.withTransaction { transaction in
                            try await transaction.execute("INSERT INTO late VALUES (1)")
                            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                        }
                    }
                }
            }
            #expect(await task.value?.code == .cancelled)
            #expect(try await holder.fetch("SELECT * FROM late").isEmpty)
            try await holder.execute("DROP TABLE late")
        }
    }

    @Test func `The first error takes precedence over its consequences`() async throws {
        try await withConnection { killer in
            try await withConnection { connection in
                let process = connection.processID
                await #expect(throws: Refusal()) {
                    try await connection.withTransaction { transaction in
                        try await transaction.execute("SELECT 1")
                        _ = try await killer.fetch("SELECT pg_terminate_backend(\(process), 5000)")
                        throw Refusal()
                    }
                }
            }
        }
    }

    @Test func `A stream made in a transaction does not outlive it`() async throws {
        try await withConnection { connection in
            let stream = try await connection.withTransaction { $0.stream("SELECT 1", as: Int.self) }
            let error = await failure { for try await _ in stream {} }
            #expect(error?.code == .connectionReturned)
        }
    }

    @Test func `Pauses between attempts grow, up to a second`() {
        struct Always: RandomNumberGenerator { mutating func next() -> UInt64 { .max } }
        var always = Always()
        let retry = PostgresTransaction.Retry.serializationFailures(attempts: 99, delay: .milliseconds(10))
        let pauses = [1, 2, 3, 7, 8, 90].map { retry.pause(after: $0, using: &always) / .milliseconds(1) }
        #expect(zip(pauses, [10, 20, 40, 640, 1000, 1000]).allSatisfy { abs($0 - $1) < 0.001 })
    }

    @Test func `COMMIT is not cancelled once it is sent`() async throws {
        try await withConnection { holder in
            try await holder.executeScript(
                """
                DROP TABLE IF EXISTS slow_commit; CREATE TABLE slow_commit (id int);
                CREATE OR REPLACE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow_commit DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION slow_commit();
                """)
            _ = try await holder.fetch("SELECT pg_advisory_lock(4711)")
            let session = try await makeSession(), process = try #require(session.processID)
            let task = Task {
                let lease = PostgresLease(session, origin: SourceLocation(file: #fileID, line: #line))
                return await failure {
                    try await lease.withConnection(
                        { connection in
                            try await connection.withTransaction { transaction in
                                try await transaction.execute("INSERT INTO slow_commit VALUES (1)")
                            }
                        }, release: { _ in })
                }
            }
            // COMMIT is under way and waits.
            try await waitUntilBlocked(process, seenBy: holder)
            task.cancel()
            _ = try await holder.fetch("SELECT pg_advisory_unlock(4711)")
            // What was committed is reported as committed.
            let error = await task.value
            #expect(error?.code == nil)
            let count = try await holder.fetchValue("SELECT count(*) FROM slow_commit", as: Int.self)
            #expect(count == 1)
            try await holder.executeScript("DROP TABLE slow_commit; DROP FUNCTION slow_commit()")
            await session.close()
        }
    }

    @Test func `Advisory locks last until the end of the transaction`() async throws {
        try await withConnection { connection in
            try await withConnection { other in
                try await connection.withTransaction { transaction in
                    try await transaction.lockAdvisory(90210)
                    let taken = try await other.withTransaction { try await $0.tryLockAdvisory(90210) }
                    #expect(!taken)
                }
                let taken = try await other.withTransaction { try await $0.tryLockAdvisory(90210) }
                #expect(taken)
            }
        }
    }
}
