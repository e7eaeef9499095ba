import IOEngine

/// A minimal proxy on this engine: it connects each client to a separate server and forwards both directions without
/// inspecting the bytes.
///
/// The additional cost of a pooler is the cost of pooling.
struct Forwarder<Engine: IOEngine & ~Copyable>: ~Copyable {
    private var engine: Engine
    private let server: SocketAddress
    private var pairs = Slab<Pair>()

    private struct Pair {
        var client = SocketHandle.none
        var server = SocketHandle.none
    }

    init(engine: consuming Engine, listener: DetachedSocket, server: SocketAddress) {
        self.engine = engine
        self.server = server
        self.engine.listen(on: listener, listener: ListenerID(rawValue: 0))
    }

    /// Waits for completions and handles them.
    mutating func turn() {
        engine.wait(until: nil)
        while let completion = engine.nextCompletion() { handle(completion) }
    }

    private mutating func handle(_ completion: Completion) {
        switch completion {
        case .accepted(_, let socket): open(socket)
        case .acceptFailed: break
        case .connected(let token):
            if let end = end(token) { engine.resume(pairs[end.pair].client) }
        case .received(let token, let piece):
            guard let end = end(token) else { return }
            if !engine.forward(piece, 0..<piece.count, to: socket(across: end)) {
                engine.pause(socket(at: end), watchingForClose: false)
            }
        case .congested(let token):
            if let end = end(token) { engine.pause(socket(across: end), watchingForClose: false) }
        case .drained(let token):
            if let end = end(token) { engine.resume(socket(across: end)) }
        case .closed(let token), .failed(let token, _):
            if let end = end(token) { close(end) }
        }
    }

    /// The client's bytes stay in the kernel until its server is connected.
    private mutating func open(_ client: DetachedSocket) {
        let pair = pairs.insert(Pair())
        let handle = engine.attach(client, token: token(.client, of: pair))
        engine.setOptions(SocketOptions(), of: handle)
        engine.pause(handle, watchingForClose: false)
        pairs[pair].client = handle
        pairs[pair].server = engine.connect(to: server, options: SocketOptions(), token: token(.server, of: pair))
    }

    /// One end has closed: the other is closed after sending the bytes still queued for it.
    private mutating func close(_ end: End) {
        engine.close(socket(across: end), flushing: true)
        engine.close(socket(at: end), flushing: false)
        pairs.remove(end.pair)
    }
}

// MARK: - Socket tokens

extension Forwarder where Engine: ~Copyable {
    private enum Side: UInt64 { case client, server }

    private struct End {
        var pair: UInt32
        var side: Side
    }

    /// Bit 0 is the side, bits 1 to 32 are the slot, the rest is the slot's generation without its highest bit.
    private func token(_ side: Side, of pair: UInt32) -> SocketToken {
        SocketToken(rawValue: UInt64(pairs.generation(of: pair)) << 33 | UInt64(pair) << 1 | side.rawValue)
    }

    /// The end that a token identifies; `nil` if its pair was closed in the same turn.
    private func end(_ token: SocketToken) -> End? {
        let pair = UInt32(truncatingIfNeeded: token.rawValue >> 1)
        guard let side = Side(rawValue: token.rawValue & 1), pairs.isLive(Int(pair)),
            self.token(side, of: pair) == token
        else { return nil }
        return End(pair: pair, side: side)
    }

    private func socket(at end: End) -> SocketHandle {
        end.side == .client ? pairs[end.pair].client : pairs[end.pair].server
    }

    private func socket(across end: End) -> SocketHandle {
        end.side == .client ? pairs[end.pair].server : pairs[end.pair].client
    }
}
