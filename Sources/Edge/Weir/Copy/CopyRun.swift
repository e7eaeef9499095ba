/// A COPY FROM STDIN in progress. It has exclusive use of the connection until ``finish(_:)`` or ``fail(_:)``.
@usableFromInline
final class CopyRun: Sendable {
    private let stream: CopyInStream
    private let handle: PostgresHandle
    private let origin: SourceLocation
    /// Covers the time from the statement to the answer after the last row.
    private let span: OpenSpan?

    init(
        _ query: PostgresQuery, _ handle: PostgresHandle, _ timeout: Duration?, _ origin: SourceLocation
    ) async throws(PostgresError) {
        self.handle = handle
        self.origin = origin
        span = handle.lease.tracing?.begin("COPY", query: query.sql, address: handle.lease.session.address)
        do throws(PostgresError) {
            stream = try await handle.call(origin) { (session) throws(PostgresError) in
                let sql = try query.withoutValues("COPY")
                try handle.lease.beginExclusiveUse("a COPY")
                do throws(PostgresError) {
                    return try await session.copyIn(sql, timeout: handle.timeout(timeout))
                } catch {
                    handle.lease.endExclusiveUse()
                    throw error
                }
            }
        } catch {
            span?.end(error)
            throw error
        }
    }

    @usableFromInline
    func write(_ bytes: [UInt8]) async throws(PostgresError) {
        guard !bytes.isEmpty else { return }
        try await handle.call(origin, asExclusiveUser: true) { (_) throws(PostgresError) in
            try await stream.write(bytes)
        }
    }

    /// Sends the rest and waits for the result.
    ///
    /// - Returns: the number of rows copied.
    @usableFromInline
    func finish(_ rest: [UInt8]) async throws -> Int {
        guard !Task.isCancelled else { throw await fail(CancellationError()) }
        do {
            try await write(rest)
        } catch {
            throw await fail(error)
        }
        defer { handle.lease.endExclusiveUse() }
        do throws(PostgresError) {
            let count = try await handle.call(origin, asExclusiveUser: true) { (_) throws(PostgresError) in
                try await stream.finish().rowsAffected ?? 0
            }
            span?.end()
            return count
        } catch {
            span?.end(error)
            throw error
        }
    }

    /// Makes the COPY fail on the server.
    ///
    /// - Returns: the error to throw.
    @usableFromInline
    func fail(_ error: any Error) async -> any Error {
        // The reason appears in the server's log, so it must not contain data.
        stream.fail("the application stopped")
        handle.lease.endExclusiveUse()
        var error = error
        if error is CancellationError {
            error = handle.located(PostgresError(.cancelled, "the task was cancelled, and nothing was copied"), origin)
        }
        span?.end(error)
        return error
    }
}
