/// A COPY into the server that is under way. It keeps the connection to itself until ``finish(_:)`` or ``fail(_:)``.
@usableFromInline
final class CopyRun: Sendable {
    private let stream: CopyInStream
    private let lent: PostgresLent
    private let origin: SourceLocation
    /// From the statement to its answer, behind the last row.
    private let span: OpenSpan?

    init(
        _ query: PostgresQuery, _ lent: PostgresLent, _ timeout: Duration?, _ origin: SourceLocation
    ) async throws(PostgresError) {
        self.lent = lent
        self.origin = origin
        span = lent.lease.tracing?.begin("COPY", query: query.sql, address: lent.lease.session.address)
        do throws(PostgresError) {
            stream = try await lent.call(origin) { (session) throws(PostgresError) in
                let sql = try query.withoutValues("COPY")
                try lent.lease.occupy("a COPY")
                do throws(PostgresError) {
                    return try await session.copyIn(sql, timeout: lent.timeout(timeout))
                } catch {
                    lent.lease.vacate()
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
        try await lent.call(origin, asOccupant: true) { (_) throws(PostgresError) in try await stream.write(bytes) }
    }

    /// Sends the rest and learns what became of it.
    ///
    /// - Returns: How many rows were copied.
    @usableFromInline
    func finish(_ rest: [UInt8]) async throws -> Int {
        guard !Task.isCancelled else { throw await fail(CancellationError()) }
        do {
            try await write(rest)
        } catch {
            throw await fail(error)
        }
        defer { lent.lease.vacate() }
        do throws(PostgresError) {
            let count = try await lent.call(origin, asOccupant: true) { (_) throws(PostgresError) in
                try await stream.finish().rowsAffected ?? 0
            }
            span?.end()
            return count
        } catch {
            span?.end(error)
            throw error
        }
    }

    /// Undoes it on the server.
    ///
    /// - Returns: The error to throw.
    @usableFromInline
    func fail(_ error: any Error) async -> any Error {
        // The reason is written to the server's log, so it must not quote anything.
        stream.fail("the application stopped")
        lent.lease.vacate()
        var error = error
        if error is CancellationError {
            error = lent.located(PostgresError(.cancelled, "the task was cancelled, and nothing was copied"), origin)
        }
        span?.end(error)
        return error
    }
}
