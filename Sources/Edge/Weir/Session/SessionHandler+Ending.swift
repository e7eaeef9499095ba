import DequeModule
import NIOCore
import PGSession

extension PostgresError {
    static var closed: PostgresError { PostgresError(.connectionLost, "the connection is closed") }
    static var lost: PostgresError { PostgresError(.connectionLost, "the server closed the connection") }
}

extension SessionHandler {
    /// Sends Terminate and closes the connection; calls in progress fail.
    func terminate() {
        guard !isClosed else { return }
        writer.terminate()
        flush()
        endSession(nil)
        context?.close(promise: nil)
    }

    /// Closes the connection at once: nothing more is sent, and every pending call fails with the error.
    func close(_ error: PostgresError?) {
        endSession(error)
        context?.channel.closeAtOnce()
    }

    /// Closes the connection at once and cancels the active statement on the server.
    func abort() {
        if active != nil, !isClosed, let cancelKey, let context {
            let sendCancel = sendCancel
            Task(executorPreference: EventLoopExecutor(context.eventLoop)) { _ = await sendCancel(cancelKey) }
        }
        close(nil)
    }

    /// Ends the session, because the connection is lost or about to be closed.
    func endSession(_ error: PostgresError?) {
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
