import Foundation
import NIOPosix
import Testing
import Weir

/// Where tasks run that talk to the server, and what does not depend on it.
@Suite(.serialized, .limited) struct ExecutorTests {
    @Test func `A closure can run on its connection's thread`() async throws {
        try await withConnection { connection in
            let numbers = try await withTaskExecutorPreference(connection.executor) {
                var numbers: [Int] = []
                let loop = MultiThreadedEventLoopGroup.currentEventLoop
                #expect(loop != nil)
                for number in 1...10 {
                    numbers.append(try await connection.fetchValue("SELECT \(number)::int"))
                    #expect(MultiThreadedEventLoopGroup.currentEventLoop === loop)
                }
                return try await connection.withTransaction { transaction in
                    try await transaction.execute("SELECT 1")
                    #expect(MultiThreadedEventLoopGroup.currentEventLoop === loop)
                    return numbers
                }
            }
            #expect(numbers == Array(1...10))
        }
    }

    @Test func `A statement timeout works while all task threads are busy`() async throws {
        try await TestServer.shared.withSession { session in
            let clock = ContinuousClock(), start = clock.now
            let sleeping = Task {
                try await session.query(PostgresQuery(sql: "SELECT pg_sleep(100)"), timeout: .milliseconds(500))
            }
            try await until("the statement is under way, or was") {
                session.status == nil || clock.now - start > .milliseconds(500)
            }
            await withTaskGroup { group in
                for _ in 0..<2 * ProcessInfo.processInfo.activeProcessorCount {
                    group.addTask {
                        // Busy until the statement is over. After ten seconds without an answer the session is closed.
                        while session.status == nil, session.isOpen { usleep(1000) }
                    }
                }
            }
            let error = await #expect(throws: PostgresError.self) { try await sleeping.value }
            #expect(error?.code == .commandTimeout)
            try await session.checkIsUsable()
        }
    }
}
