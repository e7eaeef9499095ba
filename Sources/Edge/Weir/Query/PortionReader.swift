import PGTypes
import Synchronization

/// What the server sends bit by bit: rows, or the data of a COPY.
protocol PortionStream: Sendable {
    associatedtype Portion: Sendable

    /// The next portion, `nil` at the end.
    func next() async throws(PostgresError) -> Portion?
    /// Stops it on the server.
    func cancel()
}

extension CopyOutStream: PortionStream {}

/// A statement's rows: as they come, or when they are asked for.
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
        // What is left of a cursor goes with its transaction.
        if case .stream(let stream) = self { stream.cancel() }
    }
}

/// A cursor, and what it gave when it was opened.
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

/// One reading of what a statement sends. Unless others may come in between, it keeps the connection to itself.
final class PortionReader<Stream: PortionStream> {
    typealias Open = (PostgresSession) async throws(PostgresError) -> Stream

    let origin: SourceLocation
    private let lent: PostgresLent
    private let sql: String
    /// As whom it keeps the connection to itself; `nil` if it does not.
    private let occupant: String?
    private let open: Open
    private var state = State.notBegun

    private enum State {
        case notBegun
        case reading(Stream)
        case ended
    }

    init(_ lent: PostgresLent, _ origin: SourceLocation, sql: String, occupant: String?, open: @escaping Open) {
        self.lent = lent
        self.sql = sql
        self.origin = origin
        self.occupant = occupant
        self.open = open
    }

    // The loop was left: what the stream still has is cancelled when it goes.
    deinit { stop() }

    /// The next portion, `nil` at the end and ever after.
    func next() async throws(PostgresError) -> Stream.Portion? {
        do throws(PostgresError) {
            // The span is that of the first portion: what comes later waits for the reader most of the time.
            let isFirst = if case .notBegun = state { true } else { false }
            let portion = try await lent.call(origin, asOccupant: isOccupant, query: isFirst ? sql : nil) {
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

    /// Ends it, wherever it is.
    func stop() {
        if case .reading(let stream) = state {
            stream.cancel()
            if occupant != nil { lent.lease.vacate() }
        }
        state = .ended
    }

    private var isOccupant: Bool { if case .reading = state { occupant != nil } else { false } }

    private func stream(on session: PostgresSession) async throws(PostgresError) -> Stream? {
        switch state {
        case .reading(let stream): return stream
        case .ended: return nil
        case .notBegun: break
        }
        if let occupant { try lent.lease.occupy(occupant) }
        do throws(PostgresError) {
            let stream = try await open(session)
            state = .reading(stream)
            return stream
        } catch {
            if occupant != nil { lent.lease.vacate() }
            throw error
        }
    }
}
