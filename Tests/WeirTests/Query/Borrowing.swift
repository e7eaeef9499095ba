import PGSession
import Synchronization
import Testing
import Weir

/// Opens a connection to the shared server for `body`, and closes it afterwards.
func withConnection<Result>(
    cache: Int = 256, _ body: (inout PostgresConnection) async throws -> Result
) async throws -> Result {
    let session = try await makeSession(cache: cache)
    let lease = PostgresLease(session, origin: SourceLocation(file: #fileID, line: #line))
    return try await lease.withConnection(body) { _ in await session.close() }
}

func makeSession(cache: Int = 256) async throws -> PostgresSession {
    var configuration = PostgresSession.Configuration()
    configuration.statementCacheSize = cache
    return await PostgresSession(try await TestServer.shared.connect(), configuration: configuration)
}

/// The error that `body` throws; what else happens is a failure of the test.
func failure<Result>(of body: () async throws -> Result) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// Returns when the server says that `process` waits for a lock.
func waitUntilBlocked(_ process: Int32, seenBy connection: borrowing PostgresConnection) async throws {
    try await until("\(process) waits for a lock") {
        try await connection.fetchValue(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = \(process) AND NOT granted)", as: Bool.self)
    }
}

/// Counts from 1.
final class Counter: Sendable {
    private let state = Mutex(0)

    /// The last number that ``next()`` returned, or 0.
    var count: Int { state.withLock { $0 } }

    func next() -> Int {
        state.withLock {
            $0 += 1
            return $0
        }
    }
}

/// Returns when the server executes a statement for `process`.
func waitUntilActive(_ process: Int32) async throws {
    try await withConnection { observer in
        try await until("\(process) executes a statement") {
            try await observer.fetchOptional(
                "SELECT state FROM pg_stat_activity WHERE pid = \(process)", as: String?.self) == "active"
        }
    }
}

/// Checks that the connection answers, and that the same server process as before serves it.
func checkIsUsable(_ connection: borrowing PostgresConnection, process: Int32? = nil) async throws {
    let answer = try await connection.fetchOne("SELECT \("x"), pg_backend_pid()", as: (String, Int32).self)
    #expect(answer == ("x", process ?? answer.1))
}
