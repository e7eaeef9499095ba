import PGWire
import Testing
import Weir

/// Cancellation, time-outs, and what a pool does when a connection comes back.
@Suite(.serialized, .limited) struct StoppingTests {
    /// Runs `body` in a task, waits until the server works on a statement of the session, and cancels the task.
    private func cancelled<R: Sendable>(
        _ session: PostgresSession, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> PostgresError? {
        let task = Task { try await body() }
        try await session.waitUntilActive()
        task.cancel()
        do {
            _ = try await task.value
            return nil
        } catch {
            return error as? PostgresError
        }
    }

    @Test func `A cancelled task cancels its statement on the server`() async throws {
        try await TestServer.shared.withSession { session in
            for sql in ["SELECT pg_sleep(100)", "SELECT pg_sleep(101)", "SELECT pg_sleep(100)"] {
                let error = try await cancelled(session) { try await session.query(PostgresQuery(sql: sql)) }
                #expect(error?.code == .cancelled)
                #expect(error?.query == sql)
                try await session.checkIsUsable()
            }
            let script = try await cancelled(session) { try await session.script("SELECT 1; SELECT pg_sleep(100)") }
            #expect(script?.code == .cancelled)
            let stream = try await cancelled(session) {
                try await session.stream(PostgresQuery(sql: "SELECT pg_sleep(100)")).next()
            }
            #expect(stream?.code == .cancelled)
            let many = try await cancelled(session) {
                try await session.executeMany("SELECT pg_sleep($1)", rows: [[100.0]])
            }
            #expect(many?.code == .cancelled)
            try await session.checkIsUsable()
        }
    }

    @Test func `Cancelling a pipeline ends all its statements`() async throws {
        try await TestServer.shared.withSession { session in
            let task = Task {
                await session.pipeline((1...20).map { _ in PostgresQuery(sql: "SELECT pg_sleep(100)") })
            }
            try await session.waitUntilActive()
            task.cancel()
            for result in await task.value { #expect(throws: PostgresError.self) { try result.get() } }
            try await session.checkIsUsable()
        }
    }

    @Test func `A task that is already cancelled sends nothing`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE never (n int)")
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await session.query(PostgresQuery(sql: "INSERT INTO never VALUES (1)"))
            }
            task.cancel()
            await #expect(throws: PostgresError.self) { try await task.value }
            let rows = try await session.query(PostgresQuery(sql: "SELECT count(*) FROM never")).rows
            #expect(try rows.decode(Int.self) == [0])
        }
    }

    @Test func `A queued call that times out does not disturb the one before it`() async throws {
        try await TestServer.shared.withSession { session in
            try await TestServer.shared.withSession { other in
                // The first call takes until the other session releases the lock.
                _ = try await other.query(PostgresQuery(sql: "SELECT pg_advisory_lock(4711)"))
                async let first = session.query(PostgresQuery(sql: "SELECT pg_advisory_lock(4711), 1"))
                try await until("the first call is under way") { session.status == nil }
                let error = await #expect(throws: PostgresError.self) {
                    try await session.query(PostgresQuery(sql: "SELECT 2"), timeout: .milliseconds(50))
                }
                #expect(error?.code == .commandTimeout)
                _ = try await other.query(PostgresQuery(sql: "SELECT pg_advisory_unlock(4711)"))
                let rows = try await first.rows
                #expect(rows.count == 1)
            }
        }
    }

    @Test func `A statement that takes too long is cancelled`() async throws {
        try await TestServer.shared.withSession { session in
            let clock = ContinuousClock()
            for _ in 1...2 {
                var error: PostgresError?
                let duration = await clock.measure {
                    error = await #expect(throws: PostgresError.self) {
                        try await session.query(PostgresQuery(sql: "SELECT pg_sleep(600)"), timeout: .milliseconds(100))
                    }
                }
                #expect(error?.code == .commandTimeout)
                #expect(duration >= .milliseconds(100))
                try await session.checkIsUsable()
            }
            #expect(try await session.query(PostgresQuery(sql: "SELECT 1"), timeout: .seconds(300)).rows.count == 1)
        }
    }

    @Test func `Cancelling the task ends a COPY`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE c (n int)")
            let task = Task {
                let copy = try await session.copyIn("COPY c FROM STDIN")
                while true { try await copy.write("1\n".utf8) }
            }
            try await session.waitUntilActive()
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            try await session.checkIsUsable()
            let rows = try await session.query(PostgresQuery(sql: "SELECT count(*) FROM c")).rows
            #expect(try rows.decode(Int.self) == [0])
        }
    }

    /// Cancels at every moment of many short statements: no cancellation may hit the statement after it.
    @Test func `A cancellation never hits the next statement`() async throws {
        try await TestServer.shared.withSession { session in
            for round in 0..<300 {
                let task = Task {
                    try await session.query(
                        PostgresQuery(sql: "SELECT count(*) FROM generate_series(1, $1)", values: [round * 10]))
                }
                for _ in 0..<(round % 30) { await Task.yield() }
                task.cancel()
                // Once queued after the statement, and once when that is over.
                try await session.checkIsUsable()
                _ = try? await task.value
                try await session.checkIsUsable()
            }
        }
    }

    @Test func `Settling ends transactions, streams and queued calls`() async throws {
        try await TestServer.shared.withSession { session in
            #expect(await session.cleanUp(deadline: .seconds(60)))
            _ = try await session.query(PostgresQuery(sql: "BEGIN"))
            #expect(await session.cleanUp(deadline: .seconds(60)))
            #expect(session.status == .idle)
            _ = try? await session.script("BEGIN; SELECT 1/0")
            #expect(session.status == .failed)
            #expect(await session.cleanUp(deadline: .seconds(60)))
            #expect(session.status == .idle)

            _ = try await session.query(PostgresQuery(sql: "BEGIN"))
            let stream = try await session.stream(PostgresQuery(sql: "SELECT generate_series(1, 1000000000)"))
            let waiting = Task { try await session.query(PostgresQuery(sql: "SELECT 1")) }
            #expect(await session.cleanUp(deadline: .seconds(60)))
            await #expect(throws: PostgresError.self) { while let rows = try await stream.next() { _ = rows } }
            _ = try? await waiting.value
            #expect(session.status == .idle)
            try await session.checkIsUsable()
        }
    }

    @Test func `All waiting calls receive the server's last error`() async throws {
        try await TestServer.shared.withSession { session in
            let query = Task { try await session.query(PostgresQuery(sql: "SELECT pg_sleep(100)")) }
            let waiting = Task { try await session.query(PostgresQuery(sql: "SELECT 1")) }
            try await TestServer.shared.withSession { other in
                let kill = PostgresQuery(
                    sql: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND state = 'active'",
                    values: [session.processID ?? 0])
                try await until("the query is found") { try await !other.query(kill).rows.isEmpty }
            }
            let error = await #expect(throws: PostgresError.self) { try await query.value }
            #expect(error?.code == .connectionLost)
            #expect(error?.server?.sqlState == "57P01")
            let queued = await #expect(throws: PostgresError.self) { try await waiting.value }
            #expect(queued?.code == .connectionLost)
            #expect(!session.isOpen)
            #expect(session.closingError?.server?.sqlState == "57P01")
            let late = await #expect(throws: PostgresError.self) { try await session.ping() }
            #expect(late?.code == .connectionLost)
            #expect(await session.cleanUp(deadline: .seconds(1)) == false)
        }
    }

    /// PostgreSQL that is shut down closes its socket with the client's bytes unread, and the kernel then resets the
    /// connection: the error arrives first, and must not be lost.
    @Test(arguments: [FakeServer.Act.hangUp, .reset])
    func `The server's last error is reported however the connection ends`(end: FakeServer.Act) async throws {
        var writer = WireWriter()
        writer.errorResponse(.fatal, "57P01", "terminating connection due to administrator command")
        let server = try await FakeServer([.hear, .say(FakeServer.greeting()), .hear, .say(writer.bytes), end])
        let session = await PostgresSession(
            try await connect("host=127.0.0.1 port=\(server.port) user=u sslmode=disable"))
        let running = Task { try await session.query(PostgresQuery(sql: "SELECT 1")) }
        let error = await #expect(throws: PostgresError.self) { try await running.value }
        #expect(error?.code == .connectionLost)
        #expect(error?.server?.sqlState == "57P01")
        #expect(!session.isOpen)
        #expect(session.closingError?.server?.sqlState == "57P01")
        try await server.close()
    }

    @Test func `Closing fails the running call, and can be repeated`() async throws {
        try await TestServer.shared.withSession { session in
            let query = Task { try await session.query(PostgresQuery(sql: "SELECT pg_sleep(100)")) }
            try await session.waitUntilActive()
            await session.close()
            await #expect(throws: PostgresError.self) { try await query.value }
            await session.close()
            session.abort()
            #expect(!session.isOpen)
        }
    }
}
