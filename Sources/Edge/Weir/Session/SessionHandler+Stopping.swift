import NIOCore
import PGSession

/// A CancelRequest in transit, or the wait for its effect.
struct Cancelling {
    /// Whether ``SessionHandler/sendCancel`` has not returned yet.
    var isSending: Bool
    /// Fires when the server's time to answer is over.
    var timer: Scheduled<Void>
    /// Fires when it is time to send another request.
    var retryTimer: Scheduled<Void>?
    /// The delay before the next request.
    var delay = Cancelling.initialDelay
    /// Whether the exchange has proceeded to another statement since the request was sent.
    var isOutdated = false
    /// Whether a request may still be in transit, because its connection ended without confirmation.
    var isUnconfirmed = false

    static let initialDelay = TimeAmount.milliseconds(20)
}

// Stops calls before they are answered: on cancellation, on time-out, or when the answer is no longer needed.
extension SessionHandler {
    /// The limit for a server to answer a CancelRequest and reach ReadyForQuery.
    static let cancelTimeLimit = TimeAmount.seconds(10)

    /// Stops a call, waiting or active. A call that has ended is not affected.
    func stop(_ token: CallToken, because reason: (String?) -> PostgresError) {
        if let exchange = active, exchange.token === token {
            stopActive(exchange, reason(exchange.sql))
        } else if let place = waiting.firstIndex(where: { $0.token === token }) {
            // None of it has been written.
            let exchange = waiting.remove(at: place)
            exchange.timer?.cancel()
            exchange.finish(reason(exchange.sql))
            if active == nil, waiting.isEmpty, !isClosed { state.status = transactionStatus }
        }
    }

    private func stopActive(_ exchange: Exchange, _ reason: PostgresError) {
        guard exchange.stopReason == nil else { return }
        exchange.stopReason = reason
        exchange.timer?.cancel()
        exchange.stop(self)
        flush()
        resumeReading()
        guard let timer = cancelTimer() else { return }
        cancelling = Cancelling(isSending: false, timer: timer)
        sendCancelRequest()
        finishIfAnswered()
        flush()
    }

    private func cancelTimer() -> Scheduled<Void>? {
        eventLoop?.assumeIsolated().scheduleTask(in: Self.cancelTimeLimit) { [weak self] () -> Void in
            self?.close(PostgresError(.connectionLost, "the server did not answer a CancelRequest within 10 seconds"))
        }
    }

    private func sendCancelRequest() {
        guard let cancelKey, let eventLoop else { return }
        cancelling?.isSending = true
        cancelling?.isOutdated = false
        let sendCancel = sendCancel, bound = NIOLoopBound(self, eventLoop: eventLoop)
        // Not on the shared executor's threads: the application may block those for longer than the limit.
        Task(executorPreference: EventLoopExecutor(eventLoop)) {
            let isConfirmed = await sendCancel(cancelKey)
            eventLoop.execute { bound.value.cancelRequestReturned(isConfirmed) }
        }
    }

    /// Handles the end of a cancel connection. If the request was confirmed and no call is active, the next call is
    /// safe.
    private func cancelRequestReturned(_ isConfirmed: Bool) {
        guard cancelling != nil, !isClosed else { return }
        cancelling?.isSending = false
        if !isConfirmed { cancelling?.isUnconfirmed = true }
        guard active == nil else {
            if cancelling?.isOutdated == true { sendCancelRequest() } else { scheduleRetry() }
            return
        }
        endCancelling()
        beginNext()
        finishIfAnswered()
        flush()
    }

    /// Schedules another request: one that arrives before the statement does has no effect.
    private func scheduleRetry() {
        guard let delay = cancelling?.delay else { return }
        cancelling?.delay = delay + delay
        cancelling?.retryTimer?.cancel()
        cancelling?.retryTimer = eventLoop?.assumeIsolated().scheduleTask(in: delay) { [weak self] () -> Void in
            guard let self, active != nil, cancelling?.isSending == false else { return }
            sendCancelRequest()
        }
    }

    /// Sends another request for the next statement of the exchange: a request stops only one statement.
    func cancelNextStatement() {
        guard cancelling != nil, active?.stopReason != nil, !answers.isEmpty, let timer = cancelTimer() else {
            return
        }
        cancelling?.timer.cancel()
        cancelling?.timer = timer
        cancelling?.delay = Cancelling.initialDelay
        cancelling?.isOutdated = true
        guard cancelling?.isSending == false else { return }
        cancelling?.retryTimer?.cancel()
        sendCancelRequest()
    }

    /// Called when the exchange that was to be cancelled has been answered.
    func exchangeHasEnded() {
        if let cancelling, !cancelling.isSending { endCancelling() }
    }

    /// Ends cancelling. An unconfirmed request could hit the next statement, so the connection is closed in that case.
    func endCancelling() {
        if cancelling?.isUnconfirmed == true, !isClosed {
            cancelling?.isUnconfirmed = false
            return close(
                PostgresError(.connectionLost, "the server did not confirm a CancelRequest"))
        }
        cancelling?.timer.cancel()
        cancelling?.retryTimer?.cancel()
        cancelling = nil
    }

    /// Starts the timer of a call that has a time-out.
    func startTimer(_ exchange: Exchange) {
        guard let timeout = exchange.timeout else { return }
        setTimer(exchange, exchange.clockStart + timeout)
    }

    private func setTimer(_ exchange: Exchange, _ deadline: NIODeadline) {
        exchange.timer = eventLoop?.assumeIsolated().scheduleTask(deadline: deadline) { [weak self, weak exchange] in
            guard let self, let exchange, let timeout = exchange.timeout else { return }
            let now = NIODeadline.now()
            if exchange.isWaitingForApplication { exchange.clockStart = now }
            if exchange.clockStart + timeout > now {
                setTimer(exchange, exchange.clockStart + timeout)
            } else {
                timeOut(exchange, timeout)
            }
        }
    }

    private func timeOut(_ exchange: Exchange, _ timeout: TimeAmount) {
        if exchange is CleanupExchange { return close(.closed) }
        let duration = Duration.nanoseconds(timeout.nanoseconds).inWords
        stop(exchange.token) { sql in
            PostgresError(.commandTimeout, "the statement took longer than \(duration)").about(sql)
        }
    }

    private var eventLoop: (any EventLoop)? { context?.eventLoop }
}
