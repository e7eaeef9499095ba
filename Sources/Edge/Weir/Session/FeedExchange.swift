import NIOCore
import PGSession

/// A call that sends more than fits into memory: the application writes while the exchange is under way.
class FeedExchange<Opened: Sendable, End: Sendable>: Exchange {
    typealias Opening = CheckedContinuation<Result<Opened, PostgresError>, Never>

    let gate: FeedGate<End>
    private var opening: Opening?
    /// Whether the application may write.
    private(set) var isOpen = false
    private(set) var failure: PostgresError?
    /// What counts as being on its way until the server has answered, and not only until the network has it.
    var held = 0

    init(_ token: CallToken, sql: String, timeout: TimeAmount?, _ gate: FeedGate<End>, _ opening: Opening) {
        (self.gate, self.opening) = (gate, opening)
        super.init(token, sql: sql, timeout: timeout)
    }

    override var isWaitingForApplication: Bool { isOpen && !gate.isFull }

    /// What the application gets in the end, if nothing failed.
    func end() -> End? { nil }
    /// The application has written all.
    func complete(_ session: SessionHandler) { isOpen = false }
    /// Something was written that is answered so many times.
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

    /// Nothing more is taken from the application; what it gets in the end is not said yet.
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
            result = .failure(PostgresError(.misuse, "the statement takes no data").about(sql))
        }
        var unopened = PostgresError(.misuse, "the statement takes no data").about(sql)
        if case .failure(let error) = result { unopened = error }
        opening?.resume(returning: .failure(unopened))
        opening = nil
        gate.finish(result)
    }
}

extension SessionHandler {
    /// Sends what an application has laid out, if its call is still the one under way.
    ///
    /// - Parameter held: what the gate was told instead of the bytes' number, if the server has to answer first.
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

    /// The application has written all, or gives up for a reason of its own.
    func endFeed<Opened, End>(_ token: CallToken, _ error: PostgresError?, in _: FeedExchange<Opened, End>.Type) {
        if let error { return stop(token) { _ in error } }
        guard let exchange = active as? FeedExchange<Opened, End>, exchange.token === token else { return }
        exchange.complete(self)
        finishIfAnswered()
        flush()
    }
}
