import NIOCore
import PGSession
import Synchronization

/// The writing end of COPY FROM STDIN.
///
/// Used by one task at a time. If it is released before ``finish()``, the COPY fails and none of its rows are stored.
package final class CopyInStream: Sendable {
    /// The number of bytes sent at a time, unless the application writes more in one call.
    private static let chunkSize = 64 * 1024

    /// Whether the server expects COPY's binary format.
    package let isBinary: Bool
    /// The number of columns it expects.
    package let columnCount: Int
    private let session: PostgresSession
    private let token: CallToken
    private let gate: FeedGate<PostgresCommandTag>
    // The first bytes are reserved for the header of a CopyData message.
    private let pending = Mutex(CopyInStream.emptyChunk)
    private let isOver = Atomic(false)

    private static let emptyChunk: [UInt8] = [0x64, 0, 0, 0, 0]

    init(
        _ session: PostgresSession, _ token: CallToken, _ gate: FeedGate<PostgresCommandTag>,
        _ description: CopyDescription
    ) {
        (self.session, self.token, self.gate) = (session, token, gate)
        (isBinary, columnCount) = (description.isBinary, description.columnCount)
    }

    deinit { if !isOver.load(ordering: .relaxed) { fail("the application abandoned the COPY") } }

    /// Sends bytes; they need not end at the end of a row. Waits while the network or the server is slow.
    ///
    /// - Throws: the server's error, as soon as it has arrived.
    package func write(_ bytes: some Sequence<UInt8>) async throws(PostgresError) {
        let chunk = pending.withLock { pending -> [UInt8]? in
            pending.append(contentsOf: bytes)
            return pending.count < Self.chunkSize ? nil : Self.take(&pending)
        }
        if let chunk { try await send(chunk) }
    }

    /// Sends the bytes of a span.
    package func write(_ bytes: RawSpan) async throws(PostgresError) {
        try await write(unsafe bytes.withUnsafeBytes { unsafe Array($0) })
    }

    /// Ends the data and waits until the server has checked and stored it.
    package func finish() async throws(PostgresError) -> PostgresCommandTag {
        let chunk = pending.withLock { $0.count > Self.emptyChunk.count ? Self.take(&$0) : nil }
        if let chunk { try await send(chunk) }
        isOver.store(true, ordering: .relaxed)
        session.perform { [token] in $0.endFeed(token, nil, in: CopyInExchange.Base.self) }
        return try await session.stoppingOnCancel(token) { () throws(PostgresError) in try await gate.result() }
    }

    /// Abandons the COPY: it fails, and none of its rows are stored.
    ///
    /// - Parameter reason: is sent to the server and appears in its log.
    package func fail(_ reason: String) {
        isOver.store(true, ordering: .relaxed)
        session.perform { [token] in $0.endFeed(token, PostgresError(.cancelled, reason), in: CopyInExchange.Base.self)
        }
    }

    private func send(_ chunk: [UInt8]) async throws(PostgresError) {
        try await session.stoppingOnCancel(token) { () throws(PostgresError) in try await gate.enter(chunk.count) }
        session.perform { [token, gate] in $0.feed(token, chunk, rows: 0, in: CopyInExchange.Base.self, gate) }
    }

    /// Returns the pending bytes as one message.
    private static func take(_ pending: inout [UInt8]) -> [UInt8] {
        var chunk = emptyChunk
        swap(&chunk, &pending)
        let length = UInt32(clamping: chunk.count - 1)
        for index in 0..<4 { chunk[1 + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
        return chunk
    }
}
