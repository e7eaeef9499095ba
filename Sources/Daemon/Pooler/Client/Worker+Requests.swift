import IOEngine
import PGWire
import RelayCore

/// Requests on their way to a server: pieces as they arrived, and what is written in the place of messages of theirs.
///
/// Written bytes are collected, together with short pieces between them, so that a piece of the client costs one send
/// however many of its messages are replaced.
extension Worker where Engine: ~Copyable {
    /// More than this is sent from the buffer that it arrived in.
    private static var copiedLength: Int { 4 * 1024 }
    /// Collected bytes are sent when they are more than this.
    private static var collectedRequestLength: Int { 64 * 1024 }

    /// Sends part of a piece on, after what was written before.
    @inline(__always)
    mutating func pass(
        _ piece: ReceivedPiece, _ range: Range<Int>, fromClient slot: Slot<Client>, to server: Slot<Server>
    ) {
        guard !range.isEmpty else { return }
        if !hasRequests {
            let socket = servers[server].socket
            if !engine.forward(piece, range, to: socket) { hold(slot, for: .serverCongested) }
        } else {
            passWritten(piece, range, fromClient: slot, to: server)
        }
    }

    @inline(never)
    private mutating func passWritten(
        _ piece: ReceivedPiece, _ range: Range<Int>, fromClient slot: Slot<Client>, to server: Slot<Server>
    ) {
        guard range.count > Self.copiedLength else { return unsafe requests.raw(piece.bytes[range]) }
        flushRequests(ofClient: slot, to: server)
        let socket = servers[server].socket
        if !engine.forward(piece, range, to: socket) { hold(slot, for: .serverCongested) }
    }

    /// Keeps part of a piece to be sent together with what is written next.
    mutating func collect(
        _ piece: ReceivedPiece, _ range: Range<Int>, fromClient slot: Slot<Client>, to server: Slot<Server>
    ) {
        if range.count > Self.copiedLength {
            pass(piece, range, fromClient: slot, to: server)
        } else if !range.isEmpty {
            unsafe requests.raw(piece.bytes[range])
            hasRequests = true
        }
        if requests.bytes.count > Self.collectedRequestLength { flushRequests(ofClient: slot, to: server) }
    }

    /// Sends what was written.
    @inline(__always)
    mutating func flushRequests(ofClient slot: Slot<Client>, to server: Slot<Server>) {
        if hasRequests { flushWritten(ofClient: slot, to: server) }
    }

    /// Forgets what was written, before the client is disconnected: the end of its connection may give another client a
    /// server.
    mutating func discardRequests() {
        hasRequests = false
        requests.removeAll(keepingAtMost: Self.collectedRequestLength)
    }

    @inline(never)
    private mutating func flushWritten(ofClient slot: Slot<Client>, to server: Slot<Server>) {
        hasRequests = false
        let socket = servers[server].socket
        let isSent = unsafe requests.bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
        requests.removeAll(keepingAtMost: Self.collectedRequestLength)
        if !isSent { hold(slot, for: .serverCongested) }
    }
}
