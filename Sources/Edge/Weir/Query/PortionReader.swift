import PGTypes
import Synchronization

/// A server's answer that is read in portions: rows, or the data of a COPY.
protocol PortionStream: Sendable {
    associatedtype Portion: Sendable

    /// Returns the next portion; `nil` at the end.
    func next() async throws(PostgresError) -> Portion?
    /// Stops the statement on the server.
    func cancel()
}

extension CopyOutStream: PortionStream {}

/// A statement's rows: streamed as they arrive, or fetched from a cursor.
enum RowPortions: PortionStream {
    case stream(RowStream)
    case cursor(CursorPortions)

    func next() async throws(PostgresError) -> PostgresRows? {
        switch self {
        case .stream(let stream): try await stream.next()
        case .cursor(let cursor): try await cursor.next()
        }
    }

    func cancel() {
        // A cursor ends with its transaction.
        if case .stream(let stream) = self { stream.cancel() }
    }
}

/// A cursor, and the first rows that it returned when it was opened.
final class CursorPortions: Sendable {
    private let cursor: SessionCursor
    private let size: Int32
    private let timeout: Duration?
    private let state: Mutex<(first: PostgresRows?, hasMore: Bool)>

    init(
        _ query: PostgresQuery, on session: PostgresSession, size: Int, timeout: Duration?
    ) async throws(PostgresError) {
        self.size = Int32(clamping: size)
        self.timeout = timeout
        let opened = try await session.cursor(query, fetching: self.size, timeout: timeout)
        cursor = opened.cursor
        state = Mutex((opened.rows, opened.hasMore))
    }

    func next() async throws(PostgresError) -> PostgresRows? {
        let (first, hasMore) = state.withLock { state in
            defer { state.first = nil }
            return state
        }
        if let first, !first.isEmpty { return first }
        guard hasMore else { return nil }
        let (rows, more) = try await cursor.fetch(size, timeout: timeout)
        state.withLock { $0.hasMore = more }
        if !more { try await cursor.close() }
        return rows.isEmpty ? nil : rows
    }
}

/// One pass over a statement's portions. Unless it reads from a cursor, it has exclusive use of the connection.
final class PortionReader<Stream: PortionStream> {
    typealias Open = (PostgresSession) async throws(PostgresError) -> Stream

    let origin: SourceLocation
    private let handle: PostgresHandle
    private let sql: String
    /// A description of the exclusive user; `nil` if the use is not exclusive.
    private let exclusiveUser: String?
    private let open: Open
    private var state = State.notBegun

    private enum State {
        case notBegun
        case reading(Stream)
        case ended
    }

    init(_ handle: PostgresHandle, _ origin: SourceLocation, sql: String, exclusiveUser: String?, open: @escaping Open)
    {
        self.handle = handle
        self.sql = sql
        self.origin = origin
        self.exclusiveUser = exclusiveUser
        self.open = open
    }

    // The loop was left early: the rest of the stream is cancelled.
    deinit { stop() }

    /// Returns the next portion; `nil` at the end and from then on.
    func next() async throws(PostgresError) -> Stream.Portion? {
        do throws(PostgresError) {
            // The span covers the first portion only: later ones mostly wait for the reader.
            let isFirst = if case .notBegun = state { true } else { false }
            let portion = try await handle.call(origin, asExclusiveUser: isExclusiveUser, query: isFirst ? sql : nil) {
                (session) throws(PostgresError) in
                try await stream(on: session)?.next()
            }
            if portion == nil { stop() }
            return portion
        } catch {
            stop()
            throw error
        }
    }

    /// Ends the pass, in any state.
    func stop() {
        if case .reading(let stream) = state {
            stream.cancel()
            if exclusiveUser != nil { handle.lease.endExclusiveUse() }
        }
        state = .ended
    }

    private var isExclusiveUser: Bool { if case .reading = state { exclusiveUser != nil } else { false } }

    private func stream(on session: PostgresSession) async throws(PostgresError) -> Stream? {
        switch state {
        case .reading(let stream): return stream
        case .ended: return nil
        case .notBegun: break
        }
        if let exclusiveUser { try handle.lease.beginExclusiveUse(exclusiveUser) }
        do throws(PostgresError) {
            let stream = try await open(session)
            state = .reading(stream)
            return stream
        } catch {
            if exclusiveUser != nil { handle.lease.endExclusiveUse() }
            throw error
        }
    }
}
