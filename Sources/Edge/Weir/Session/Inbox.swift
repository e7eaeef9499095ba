import DequeModule
import Synchronization

/// A bounded buffer between the event loop and a reader that takes piece by piece; it reports when to stop receiving.
///
/// The event loop puts in, one task takes out. A task that finds a piece does not wait for the event loop.
final class Inbox<Piece: Sendable, End: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Piece?, PostgresError>, Never>

    private struct Contents {
        var pieces: Deque<(piece: Piece, size: Int)> = []
        var size = 0
        var waiter: Waiter?
        var end: Result<End, PostgresError>?
        var isPaused = false
    }

    private let limit: Int
    private let contents = Mutex(Contents())

    /// Creates an inbox.
    ///
    /// - Parameter limit: how many bytes are received ahead of the reader.
    init(limit: Int) { self.limit = limit }

    // MARK: For the event loop

    func push(_ piece: Piece, size: Int) {
        let waiter = contents.withLock { contents -> Waiter? in
            guard contents.end == nil else { return nil }
            if let waiter = contents.waiter {
                contents.waiter = nil
                return waiter
            }
            contents.pieces.append((piece, size))
            contents.size += size
            return nil
        }
        waiter?.resume(returning: .success(piece))
    }

    /// Ends the buffer: nothing more follows. Only the first end counts.
    ///
    /// An error replaces the pieces that have not been taken yet.
    func finish(_ end: Result<End, PostgresError>) {
        let waiter = contents.withLock { contents -> Waiter? in
            guard contents.end == nil else { return nil }
            contents.end = end
            if case .failure = end { (contents.pieces, contents.size) = ([], 0) }
            defer { contents.waiter = nil }
            return contents.waiter
        }
        waiter?.resume(returning: end.map { _ in nil })
    }

    var isFull: Bool { contents.withLock { $0.size >= limit } }

    /// Returns whether to stop receiving; if so, the reader reports when there is room again.
    func pauseIfFull() -> Bool {
        contents.withLock { contents in
            contents.isPaused = contents.size >= limit && contents.end == nil
            return contents.isPaused
        }
    }

    // MARK: For the reader

    /// The end, once it has arrived.
    var end: Result<End, PostgresError>? { contents.withLock { $0.end } }

    /// Returns the next piece; `nil` at the end.
    ///
    /// - Parameter resume: called when there is room again.
    func next(resume: () -> Void) async throws(PostgresError) -> Piece? {
        let (ready, hasRoom) = take()
        if hasRoom { resume() }
        if let ready { return try ready.get() }
        return try await withCheckedContinuation { (waiter: Waiter) in
            if let result = takeOrWait(waiter) { waiter.resume(returning: result) }
        }.get()
    }

    private func take() -> (Result<Piece?, PostgresError>?, hasRoom: Bool) {
        contents.withLock { contents in
            let result = Self.pop(&contents)
            guard contents.isPaused, contents.size <= limit / 2 else { return (result, false) }
            contents.isPaused = false
            return (result, true)
        }
    }

    private func takeOrWait(_ waiter: Waiter) -> Result<Piece?, PostgresError>? {
        contents.withLock { contents in
            if let result = Self.pop(&contents) { return result }
            guard contents.waiter == nil else {
                return .failure(PostgresError(.misuse, "two tasks read from one stream"))
            }
            contents.waiter = waiter
            return nil
        }
    }

    private static func pop(_ contents: inout Contents) -> Result<Piece?, PostgresError>? {
        if let (piece, size) = contents.pieces.popFirst() {
            contents.size -= size
            return .success(piece)
        }
        return contents.end.map { $0.map { _ in nil } }
    }
}
