import IOEngine
import LoadPlan
import MonotonicTime
import PGWire

/// Opens connections and reopens them.
extension LoadRunner where Engine: ~Copyable {
    /// The number of initial connections opened at the same time: more would overrun a server's backlog.
    private static var connectingAtOnce: Int { 64 }
    private static var longestPause: Duration { .seconds(1) }

    var newSession: Session {
        Session(
            login: LoginExchange(user: target.user, password: target.password),
            usesSync: options.queryProtocol != .simple)
    }

    /// Opens the first connections. With a connection for each transaction, one client tests whether the target
    /// answers.
    mutating func connectFirst() {
        let count = options.connectsEachTime ? 1 : min(options.clients, Self.connectingAtOnce)
        for _ in 0..<count { connectNext() }
    }

    private mutating func connectNext() {
        guard Int(nextToConnect) < (options.connectsEachTime ? 1 : options.clients) else { return }
        nextToConnect += 1
        connect(nextToConnect - 1)
    }

    mutating func connect(_ slot: UInt32) {
        guard target.addresses.indices.contains(connections[slot].addressIndex) else {
            return connectFailed(
                slot, ServerError(code: "address", message: "the target has no address"), isNetwork: false)
        }
        let now = clock()
        connections[slot].state = .connecting
        connections[slot].epoch &+= 1
        connections[slot].connectBegan = now
        connections[slot].session = newSession
        setTimer(slot, now + target.connectTimeout)
        let token = SocketToken(client: slot, epoch: connections[slot].epoch)
        let address = target.addresses[connections[slot].addressIndex]
        connections[slot].socket = engine.connect(to: address, options: SocketOptions(), token: token)
    }

    mutating func connected(_ slot: UInt32) {
        connections[slot].state = .loggingIn
        writer.removeAll()
        target.startup.encode(into: &writer)
        sendWritten(slot)
    }

    mutating func loggedIn(_ slot: UInt32) {
        if let version = connections[slot].session.serverVersion { serverVersion = serverVersion ?? version }
        guard let preparation = encoder.preparation else { return usable(slot) }
        connections[slot].state = .preparing
        writer.removeAll()
        writer.raw(preparation)
        sendWritten(slot)
    }

    /// Handles that the connection is ready for its first transaction.
    mutating func usable(_ slot: UInt32) {
        let now = clock()
        hasConnected = true
        tally.connecting.record(now.nanoseconds(since: connections[slot].connectBegan))
        connections[slot].failuresInARow = 0
        connections[slot].timer = nil
        connections[slot].state = .idle
        connectedCount += 1
        if connections[slot].transaction != nil { return send(slot, statement: 0) }
        if options.connectsEachTime { disconnect(slot) }
        if stage == .connecting { noteFirstResult(slot) } else if stage == .running { free(slot, at: now) }
    }

    /// - Parameter isNetwork: whether another address of the target may work.
    mutating func connectFailed(_ slot: UInt32, _ error: ServerError, isNetwork: Bool) {
        if firstFailure == nil, target.addresses.indices.contains(connections[slot].addressIndex) {
            firstFailure = (target.addresses[connections[slot].addressIndex], error)
        }
        drop(slot)
        guard !isEnding else { return failWhileEnding(slot) }
        if isNetwork, connections[slot].addressIndex + 1 < target.addresses.count {
            connections[slot].addressIndex += 1
            return connect(slot)
        }
        connections[slot].addressIndex = 0
        tally.failedConnections += 1
        tally.failures.record(FailureKind(.connecting, error.code), error.message)
        if connections[slot].transaction != nil { endTransaction(slot, failed: true, at: clock()) }
        backOff(slot)
        noteFirstResult(slot)
    }

    /// Closes the socket and clears the connection's state; the caller decides what follows.
    mutating func drop(_ slot: UInt32) {
        if connections[slot].isOpen { connectedCount -= 1 }
        engine.close(connections[slot].socket, flushing: true)
        connections[slot].socket = .none
        connections[slot].epoch &+= 1
        connections[slot].timer = nil
        connections[slot].state = .closed
    }

    /// Sends Terminate and closes.
    mutating func disconnect(_ slot: UInt32) {
        writer.removeAll()
        writer.terminate()
        sendWritten(slot)
        drop(slot)
    }

    /// Waits before the next attempt: 10 ms, doubled with each failure up to a second, and randomized.
    mutating func backOff(_ slot: UInt32) {
        let doublings = min(connections[slot].failuresInARow, 7)
        connections[slot].failuresInARow += 1
        let pause = min(Duration.milliseconds(10 << doublings), Self.longestPause)
        connections[slot].state = .backingOff
        setTimer(slot, clock() + pause * (0.5 + pauseRandom.fraction() / 2))
    }

    mutating func reconnect(_ slot: UInt32) {
        connections[slot].state = .closed
        guard !isEnding else { return }
        if options.connectsEachTime { free(slot, at: clock()) } else { connect(slot) }
    }

    /// Records that a client has its first connection, or will not get it before the load begins.
    private mutating func noteFirstResult(_ slot: UInt32) {
        guard stage == .connecting, !connections[slot].hasFirstResult else { return }
        connections[slot].hasFirstResult = true
        firstResultCount += 1
        connectNext()
        guard firstResultCount == (options.connectsEachTime ? 1 : options.clients) else { return }
        if hasConnected { begin() } else { finish() }
    }

    /// Handles the end of a connection.
    mutating func ended(_ slot: UInt32, _ cause: ServerError) {
        // The server's error message before the close is more informative than the close.
        let lastError = connections[slot].session.lastError
        let error = lastError ?? cause
        switch connections[slot].state {
        case .connecting: connectFailed(slot, error, isNetwork: true)
        case .loggingIn, .preparing: connectFailed(slot, error, isNetwork: lastError == nil)
        case .closed, .backingOff: break
        case .idle, .thinking, .busy, .rollingBack: lost(slot, error)
        }
    }

    private mutating func lost(_ slot: UInt32, _ error: ServerError) {
        let wasBusy = connections[slot].transaction != nil
        drop(slot)
        guard !isEnding || wasBusy else { return }
        tally.lostConnections += 1
        if wasBusy {
            fail(slot, FailureKind(.transaction, error.code), error.message)
        } else {
            tally.failures.record(FailureKind(.idle, error.code), error.message)
        }
        if !isEnding { backOff(slot) }
    }

    /// Handles a connection that fails while the run is ending.
    private mutating func failWhileEnding(_ slot: UInt32) {
        guard connections[slot].transaction != nil else { return }
        endTransaction(slot, failed: true, at: clock())
    }

    mutating func sendWritten(_ slot: UInt32) {
        tally.bytesSent &+= UInt64(writer.bytes.count)
        let socket = connections[slot].socket
        // The engine keeps what it cannot send at once: until the answer, this client sends nothing more.
        unsafe writer.bytes.withUnsafeBytes { bytes in _ = unsafe engine.send(bytes, to: socket) }
    }
}
