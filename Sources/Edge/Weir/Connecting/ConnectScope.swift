import NIOCore
import Synchronization

/// Ends an attempt to connect from outside, when its time limit expires or its task is cancelled.
///
/// The attempt then stops waiting, and its connection is closed.
final class ConnectScope: Sendable {
    enum Reason: Error, Hashable, Sendable {
        case timedOut, cancelled
    }

    private struct State {
        var reason: Reason?
        var channel: (any Channel)?
        var waiting: (@Sendable (Reason) -> Void)?
    }

    private let state = Mutex(State())

    /// Why the attempt was ended from outside; `nil` if it was not.
    var reason: Reason? { state.withLock { $0.reason } }

    /// Ends the attempt. Only the first reason counts.
    func end(_ reason: Reason) {
        let (channel, waiting) = state.withLock { state -> ((any Channel)?, (@Sendable (Reason) -> Void)?) in
            guard state.reason == nil else { return (nil, nil) }
            state.reason = reason
            return (state.channel, state.waiting)
        }
        channel?.closeAtOnce()
        waiting?(reason)
    }

    /// Closes the attempt's connection, if there is one.
    func abandon() {
        state.withLock { state in
            defer { state.channel = nil }
            return state.channel
        }?.closeAtOnce()
    }

    /// Releases the connection from the scope, so that it outlives the attempt.
    ///
    /// - Returns: whether the attempt had not been ended before.
    func succeed() -> Bool {
        state.withLock { state in
            if state.reason == nil { state.channel = nil }
            return state.reason == nil
        }
    }

    /// Runs a step of the attempt; ends it when the task is cancelled or at the deadline.
    func limit<Value>(
        on loop: any EventLoop, until deadline: NIODeadline?, _ step: () async throws -> Value
    ) async throws -> Value {
        let timer = deadline.map { loop.scheduleTask(deadline: $0) { self.end(.timedOut) } }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler(operation: step, onCancel: { self.end(.cancelled) })
    }

    /// Makes the scope the owner of a connection.
    func own(_ channel: any Channel) {
        let isLate = state.withLock { state in
            state.channel = channel
            return state.reason != nil
        }
        if isLate { channel.closeAtOnce() }
    }

    /// Waits for a future's value, at most until the attempt ends.
    func value<Value: Sendable>(of future: EventLoopFuture<Value>) async throws -> Value {
        let promise = future.eventLoop.makePromise(of: Value.self)
        let reason = state.withLock { state in
            state.waiting = { promise.fail($0) }
            return state.reason
        }
        if let reason { promise.fail(reason) }
        future.cascade(to: promise)
        defer { state.withLock { $0.waiting = nil } }
        return try await promise.futureResult.get()
    }
}

extension Channel {
    /// Closes the connection below TLS, without waiting for the peer's close_notify.
    package func closeAtOnce() {
        eventLoop.execute {
            let closer = try? self.pipeline.syncOperations.context(name: ConnectionBottom.name)
            if let closer { closer.close(promise: nil) } else { self.close(promise: nil) }
        }
    }
}

/// A handler at the bottom of every connection's pipeline, from which the handlers above it can be bypassed.
final class ConnectionBottom: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    static let name = "weir.bottom"
}
