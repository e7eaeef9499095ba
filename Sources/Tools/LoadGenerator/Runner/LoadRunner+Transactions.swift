import DequeModule
import IOEngine
import LoadPlan
import MonotonicTime
import PGWire

/// Begins transactions and handles their results.
extension LoadRunner where Engine: ~Copyable {
    /// Handles that a client has nothing to do: it begins the next transaction, or waits for one to be due.
    mutating func free(_ slot: UInt32, at now: Instant) {
        guard stage == .running else { return }
        guard schedule != nil else { return begin(slot, due: now, at: now) }
        if let due = takeArrival(at: now) {
            begin(slot, due: due, at: now)
        } else {
            idle.append(IdleClient(slot: slot, epoch: connections[slot].epoch))
        }
    }

    /// Takes the next transaction that should have begun by now.
    private mutating func takeArrival(at now: Instant) -> Instant? {
        guard let due = schedule?.next, due <= now, due < window.upperBound, !hasBegunAll else { return nil }
        return schedule?.take()
    }

    /// Assigns due transactions to waiting clients.
    mutating func serveArrivals() {
        guard stage == .running, schedule != nil else { return }
        while !idle.isEmpty {
            let client = idle[0]
            // The client may have lost its connection, and be in another state by now.
            let isHere =
                connections[client.slot].epoch == client.epoch
                && (connections[client.slot].state == .idle || connections[client.slot].state == .closed)
            if !isHere {
                idle.removeFirst()
                continue
            }
            let now = clock()
            guard let due = takeArrival(at: now) else { return }
            idle.removeFirst()
            if due >= window.lowerBound { tally.ownDelay.record(now.nanoseconds(since: due)) }
            begin(client.slot, due: due, at: now)
        }
    }

    private mutating func begin(_ slot: UInt32, due: Instant, at now: Instant) {
        guard due < window.upperBound, !hasBegunAll else { return }
        let isMeasured = due >= window.lowerBound
        if isMeasured { measuredBegun += 1 }
        running += 1
        connections[slot].transaction = .init(due: due, begun: now, isMeasured: isMeasured)
        for index in draws.indices { connections[slot].values[index] = valueRandom.number(in: draws[index]) }
        if options.connectsEachTime { connect(slot) } else { send(slot, statement: 0) }
    }

    /// Whether the requested number of transactions has begun.
    var hasBegunAll: Bool { options.transactions.map { measuredBegun >= $0 } ?? false }

    mutating func send(_ slot: UInt32, statement: Int) {
        connections[slot].state = .busy
        connections[slot].transaction?.statement = statement
        writer.removeAll()
        encoder.write(statement, values: connections[slot].values, into: &writer)
        sendWritten(slot)
    }

    // MARK: - Answers

    mutating func receive(_ slot: UInt32, _ piece: ReceivedPiece) {
        tally.bytesReceived &+= UInt64(piece.count)
        let epoch = connections[slot].epoch
        let now = clock()
        var position = 0
        while connections[slot].epoch == epoch {
            writer.removeAll()
            let event = unsafe connections[slot].session.advance(
                in: piece.bytes.bytes, at: &position, keys: &keys, writer: &writer)
            switch event {
            case nil: return
            case .reply: sendWritten(slot)
            case .loggedIn: loggedIn(slot)
            case .answered(let error): answered(slot, error, at: now)
            case .broken(let error): broken(slot, error)
            }
        }
    }

    private mutating func broken(_ slot: UInt32, _ error: ServerError) {
        if connections[slot].isOpen {
            ended(slot, error)
        } else {
            connectFailed(slot, error, isNetwork: false)
        }
    }

    private mutating func answered(_ slot: UInt32, _ error: ServerError?, at now: Instant) {
        switch connections[slot].state {
        case .preparing:
            if let error { connectFailed(slot, error, isNetwork: false) } else { usable(slot) }
        case .busy: statementAnswered(slot, error, at: now)
        case .rollingBack:
            connections[slot].state = .idle
            continueAfterTransaction(slot, at: now)
        case .closed, .backingOff, .connecting, .loggingIn, .idle, .thinking:
            ended(slot, .protocolError("an answer without a request"))
        }
    }

    private mutating func statementAnswered(_ slot: UInt32, _ error: ServerError?, at now: Instant) {
        guard let transaction = connections[slot].transaction else { return }
        if let error {
            fail(slot, FailureKind(.statement, error.code), error.message)
            if connections[slot].session.status == .idle || options.connectsEachTime {
                connections[slot].state = .idle
                return continueAfterTransaction(slot, at: now)
            }
            connections[slot].state = .rollingBack
            writer.removeAll()
            writer.query("ROLLBACK")
            return sendWritten(slot)
        }
        guard transaction.statement + 1 == encoder.count else {
            return send(slot, statement: transaction.statement + 1)
        }
        if transaction.isMeasured {
            tally.succeeded += 1
            let service = now.nanoseconds(since: transaction.begun)
            let response = now.nanoseconds(since: transaction.due)
            tally.service.record(service)
            if schedule != nil { tally.response.record(response) }
            recent.record(response)
        } else {
            recent.record(now.nanoseconds(since: transaction.due))
        }
        endTransaction(slot, failed: false, at: now)
        connections[slot].state = .idle
        continueAfterTransaction(slot, at: now)
    }

    /// Records a failure and ends the transaction.
    mutating func fail(_ slot: UInt32, _ kind: FailureKind, _ message: String) {
        guard let transaction = connections[slot].transaction else { return }
        if transaction.isMeasured { tally.failures.record(kind, message) }
        endTransaction(slot, failed: true, at: clock())
    }

    mutating func endTransaction(_ slot: UInt32, failed: Bool, at now: Instant) {
        guard let transaction = connections[slot].transaction else { return }
        connections[slot].transaction = nil
        running -= 1
        if transaction.isMeasured {
            if failed { tally.failed += 1 }
            lastFinish = max(lastFinish, now)
        } else {
            warmUpFinished += 1
            if failed { warmUpFailed += 1 }
        }
    }

    /// Continues after a transaction: the pause, the next transaction, or nothing.
    private mutating func continueAfterTransaction(_ slot: UInt32, at now: Instant) {
        if options.connectsEachTime { disconnect(slot) }
        guard stage == .running else { return }
        if case .closed(let think?) = options.loop {
            pause(slot, for: think.draw(using: &pauseRandom), from: now)
        } else {
            free(slot, at: now)
        }
    }

    mutating func pause(_ slot: UInt32, for pause: Duration, from now: Instant) {
        connections[slot].state = options.connectsEachTime ? .backingOff : .thinking
        setTimer(slot, now + pause)
    }
}
