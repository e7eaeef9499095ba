import DequeModule
import NIOCore
import PGSession

extension PostgresError {
    static var closed: PostgresError { PostgresError(.connectionLost, "the connection is closed") }
    static var lost: PostgresError { PostgresError(.connectionLost, "the server closed the connection") }
}

extension SessionHandler {
    /// Says goodbye and closes; calls under way fail.
    func terminate() {
        guard !isClosed else { return }
        writer.terminate()
        flush()
        lose(nil)
        context?.close(promise: nil)
    }

    /// Closes the connection at once: nothing more is sent, and everybody who waits gets the error.
    func close(_ error: PostgresError?) {
        lose(error)
        context?.channel.closeAtOnce()
    }

    /// Closes the connection at once, and has the server stop what it does for it.
    func abort() {
        if active != nil, !isClosed, let cancelKey, let context {
            let sendCancel = sendCancel
            Task(executorPreference: EventLoopExecutor(context.eventLoop)) { _ = await sendCancel(cancelKey) }
        }
        close(nil)
    }

    /// The connection is gone, or as good as gone.
    func lose(_ error: PostgresError?) {
        guard !isClosed else { return }
        isClosed = true
        state.close(error)
        endCancelling()
        let unanswered = active.map { [$0] } ?? []
        active = nil
        for exchange in unanswered + Array(waiting) {
            exchange.timer?.cancel()
            exchange.finish(exchange.stopReason ?? (error ?? .closed).about(exchange.sql))
        }
        waiting = []
    }
}
