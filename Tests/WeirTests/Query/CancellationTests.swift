import Testing
import Weir

@Suite(.serialized, .limited) struct CancellationTests {
    @Test func `A statement that takes too long is cancelled on the server`() async throws {
        try await withConnection { connection in
            let process = connection.processID
            let error = await failure {
                try await connection.execute("SELECT pg_sleep(600)", timeout: .milliseconds(50))
            }
            #expect(error?.code == .commandTimeout)
            #expect(error?.query == "SELECT pg_sleep(600)")
            try await checkIsUsable(connection, process: process)
        }
    }

    @Test func `The lease's timeout applies where none is given`() async throws {
        let session = try await makeSession()
        let lease = PostgresLease(
            session, origin: SourceLocation(file: #fileID, line: #line), commandTimeout: .milliseconds(50))
        let error = await failure {
            try await lease.withConnection({ try await $0.execute("SELECT pg_sleep(600)") }, release: { _ in })
        }
        #expect(error?.code == .commandTimeout)
        await session.close()
    }

    @Test func `Cancelling the task cancels the statement, and the connection remains usable`() async throws {
        try await withConnection { connection in
            let processID = connection.processID, process = try #require(processID)
            let leased = PostgresConnection(connection.handle.lease)
            let statement = Task { try await leased.execute("SELECT pg_sleep(600)") }
            try await waitUntilActive(process)
            statement.cancel()
            let error = await failure { try await statement.value }
            #expect(error?.code == .cancelled)
            #expect(error?.query == "SELECT pg_sleep(600)")
            try await checkIsUsable(connection, process: process)
        }
    }

    @Test func `A stream whose task is cancelled throws, because its rows are incomplete`() async throws {
        let task = Task {
            try await withConnection { connection in
                await failure {
                    for try await n in connection.stream("SELECT generate_series(1, 1000000000)", as: Int.self)
                    where n == 1000 {
                        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    }
                }
            }
        }
        #expect(try await task.value?.code == .cancelled)
    }

    @Test func `Statements on a connection ended by the server fail without hanging`() async throws {
        try await withConnection { killer in
            try await withConnection { connection in
                let process = connection.processID
                _ = try await killer.fetch("SELECT pg_terminate_backend(\(process), 5000)")
                let first = await failure { try await connection.execute("SELECT 1") }
                #expect(first?.isConnectionLost == true)
                let second = await failure { try await connection.execute("SELECT 1") }
                #expect(second?.isConnectionLost == true)
                let begun = await failure { try await connection.withTransaction { _ in } }
                #expect(begun?.isConnectionLost == true)
            }
        }
    }
}
