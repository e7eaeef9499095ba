import NIOCore
import PGSession

/// A call that sends more than fits into memory: the application writes while the exchange is in progress.
class FeedExchange<Opened: Sendable, End: Sendable>: Exchange {
    typealias Opening = CheckedContinuation<Result<Opened, PostgresError>, Never>

    let gate: FeedGate<End>
    private var opening: Opening?
    /// Whether the application may write.
    private(set) var isOpen = false
    private(set) var failure: PostgresError?
    /// Bytes that count as in flight until the server has answered, not only until they are on the network.
    var held = 0

    init(_ token: CallToken, sql: String, timeout: TimeAmount?, _ gate: FeedGate<End>, _ opening: Opening) {
        (self.gate, self.opening) = (gate, opening)
        super.init(token, sql: sql, timeout: timeout)
    }

    override var isWaitingForApplication: Bool { isOpen && !gate.isFull }

    /// Returns the result for the application, if nothing failed.
    func end() -> End? { nil }
    /// Called when the application has written everything.
    func complete(_ session: SessionHandler) { isOpen = false }
    /// Called when data with this many rows was sent, each of which the server answers.
    func expect(_ rows: Int, _ session: SessionHandler) {}

    func open(_ opened: Opened) {
        isOpen = true
        opening?.resume(returning: .success(opened))
        opening = nil
    }

    func close() { isOpen = false }

    func fail(_ error: PostgresError) {
        failure = failure ?? error
        stopFeed(error)
    }

    /// Accepts no more data from the application; the result is not reported yet.
    func stopFeed(_ error: PostgresError) {
        isOpen = false
        gate.fail(error)
    }

    override func finish(_ error: PostgresError?) {
        isOpen = false
        let result: Result<End, PostgresError>
        if let error = error ?? failure {
            result = .failure(error)
        } else if let end = end() {
            result = .success(end)
        } else {
            result = .failure(PostgresError(.misuse, "the statement accepts no data").about(sql))
        }
        var unopened = PostgresError(.misuse, "the statement accepts no data").about(sql)
        if case .failure(let error) = result { unopened = error }
        opening?.resume(returning: .failure(unopened))
        opening = nil
        gate.finish(result)
    }
}

extension SessionHandler {
    /// Sends what an application has encoded, if its call is still active.
    ///
    /// - Parameter held: the count that was passed to the gate instead of the number of bytes, if the server has to
    ///   answer first.
    func feed<Opened, End>(
        _ token: CallToken, _ bytes: [UInt8], rows: Int, held: Int? = nil, in _: FeedExchange<Opened, End>.Type,
        _ gate: FeedGate<End>
    ) {
        guard let context, let exchange = active as? FeedExchange<Opened, End>, exchange.token === token,
            exchange.isOpen
        else { return gate.leave(held ?? bytes.count) }
        flush()
        exchange.expect(rows, self)
        let sent = context.eventLoop.makePromise(of: Void.self)
        if let held {
            exchange.held = held
        } else {
            sent.futureResult.whenComplete { _ in gate.leave(bytes.count) }
        }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: sent)
    }

    /// Ends a feed: the application has written everything, or abandons it with an error.
    func endFeed<Opened, End>(_ token: CallToken, _ error: PostgresError?, in _: FeedExchange<Opened, End>.Type) {
        if let error { return stop(token) { _ in error } }
        guard let exchange = active as? FeedExchange<Opened, End>, exchange.token === token else { return }
        exchange.complete(self)
        finishIfAnswered()
        flush()
    }
}
