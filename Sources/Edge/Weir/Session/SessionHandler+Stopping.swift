import NIOCore
import PGSession

/// A CancelRequest on its way, or the wait for what it does.
struct Cancelling {
    /// Whether ``SessionHandler/sendCancel`` has not returned yet.
    var isSending: Bool
    /// Rings when the server has had its time.
    var timer: Scheduled<Void>
    /// Rings when it is time for another.
    var repetition: Scheduled<Void>?
    /// How long the next one has to wait.
    var pause = Cancelling.firstPause
    /// Whether another statement of the exchange has begun since it was sent.
    var isOutdated = false
    /// Whether a request may still be on its way although nobody waits for it any more.
    var isAstray = false

    static let firstPause = TimeAmount.milliseconds(20)
}

// Calls that are stopped before they are answered: by cancellation, by their time-out, or because nobody waits any more.
extension SessionHandler {
    /// How long a server may take to answer a CancelRequest and come to ReadyForQuery.
    static let cancelPatience = TimeAmount.seconds(10)

    /// Stops a call, wherever it is. One that is over is not affected.
    func stop(_ token: CallToken, because reason: (String?) -> PostgresError) {
        if let exchange = active, exchange.token === token {
            stopActive(exchange, reason(exchange.sql))
        } else if let place = waiting.firstIndex(where: { $0.token === token }) {
            // Nothing of it has been written.
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
        guard let timer = patienceTimer() else { return }
        cancelling = Cancelling(isSending: false, timer: timer)
        sendCancelRequest()
        finishIfAnswered()
        flush()
    }

    private func patienceTimer() -> Scheduled<Void>? {
        eventLoop?.assumeIsolated().scheduleTask(in: Self.cancelPatience) { [weak self] () -> Void in
            self?.close(PostgresError(.connectionLost, "the server did not answer a CancelRequest within 10 seconds"))
        }
    }

    private func sendCancelRequest() {
        guard let cancelKey, let eventLoop else { return }
        cancelling?.isSending = true
        cancelling?.isOutdated = false
        let sendCancel = sendCancel, bound = NIOLoopBound(self, eventLoop: eventLoop)
        // Not on the threads that all tasks share: the application may keep those busy for longer than we wait.
        Task(executorPreference: EventLoopExecutor(eventLoop)) {
            let isSettled = await sendCancel(cancelKey)
            eventLoop.execute { bound.value.cancelRequestReturned(isSettled) }
        }
    }

    /// The server has taken note, if the request is settled. If nothing is under way any more, the next call is safe.
    private func cancelRequestReturned(_ isSettled: Bool) {
        guard cancelling != nil, !isClosed else { return }
        cancelling?.isSending = false
        if !isSettled { cancelling?.isAstray = true }
        guard active == nil else {
            if cancelling?.isOutdated == true { sendCancelRequest() } else { repeatLater() }
            return
        }
        endCancelling()
        beginNext()
        finishIfAnswered()
        flush()
    }

    /// A request that comes before the statement has reached the server does nothing, so there may have to be another.
    private func repeatLater() {
        guard let pause = cancelling?.pause else { return }
        cancelling?.pause = pause + pause
        cancelling?.repetition?.cancel()
        cancelling?.repetition = eventLoop?.assumeIsolated().scheduleTask(in: pause) { [weak self] () -> Void in
            guard let self, active != nil, cancelling?.isSending == false else { return }
            sendCancelRequest()
        }
    }

    /// A request stops one statement, which has been answered; there may be more in the exchange.
    func cancelMore() {
        guard cancelling != nil, active?.stopReason != nil, !answers.isEmpty, let timer = patienceTimer() else {
            return
        }
        cancelling?.timer.cancel()
        cancelling?.timer = timer
        cancelling?.pause = Cancelling.firstPause
        cancelling?.isOutdated = true
        guard cancelling?.isSending == false else { return }
        cancelling?.repetition?.cancel()
        sendCancelRequest()
    }

    /// The exchange that was to be cancelled has been answered.
    func exchangeHasEnded() {
        if let cancelling, !cancelling.isSending { endCancelling() }
    }

    /// Nothing more is to be cancelled. A request that is astray could hit the next statement, so there will be none.
    func endCancelling() {
        if cancelling?.isAstray == true, !isClosed {
            cancelling?.isAstray = false
            return close(
                PostgresError(.connectionLost, "a CancelRequest was sent, and the server did not say that it came"))
        }
        cancelling?.timer.cancel()
        cancelling?.repetition?.cancel()
        cancelling = nil
    }

    /// Sets the alarm of a call that has a time-out.
    func arm(_ exchange: Exchange) {
        guard let timeout = exchange.timeout else { return }
        setAlarm(exchange, exchange.clockStart + timeout)
    }

    private func setAlarm(_ exchange: Exchange, _ deadline: NIODeadline) {
        exchange.timer = eventLoop?.assumeIsolated().scheduleTask(deadline: deadline) { [weak self, weak exchange] in
            guard let self, let exchange, let timeout = exchange.timeout else { return }
            let now = NIODeadline.now()
            if exchange.isWaitingForApplication { exchange.clockStart = now }
            if exchange.clockStart + timeout > now {
                setAlarm(exchange, exchange.clockStart + timeout)
            } else {
                timeOut(exchange, timeout)
            }
        }
    }

    private func timeOut(_ exchange: Exchange, _ timeout: TimeAmount) {
        if exchange is SettlingExchange { return close(.closed) }
        let duration = Duration.nanoseconds(timeout.nanoseconds).inWords
        stop(exchange.token) { sql in
            PostgresError(.commandTimeout, "the statement took longer than \(duration)").about(sql)
        }
    }

    private var eventLoop: (any EventLoop)? { context?.eventLoop }
}
