import IOEngine
package import LoadPlan
import MonotonicTime
import PGWire

/// The stages from connecting to the report.
extension LoadRunner where Engine: ~Copyable {
    var isEnding: Bool {
        switch stage {
        case .connecting, .running: false
        case .ending, .done: true
        }
    }

    /// Begins the load, after every client has connected or failed to.
    mutating func begin() {
        let now = clock()
        let start = now + options.warmUp
        window = start..<(options.duration.map { start + $0 } ?? Instant(nanoseconds: .max))
        stage = .running
        stageBegan = now
        connectedAtStart = connectedCount
        // The bytes of connecting are not part of the load.
        (tally.bytesSent, tally.bytesReceived) = (0, 0)
        if options.connectsEachTime { tally.connecting.removeAll() }
        if case .open(let rate, let pattern) = options.loop {
            schedule = ArrivalSchedule(rate: rate, pattern: pattern, seed: options.seed, from: now)
        }
        for slot in 0..<UInt32(connections.endIndex) {
            let canBegin = options.connectsEachTime || connections[slot].state == .idle
            guard canBegin else { continue }
            if case .closed(let think?) = options.loop {
                // Spread over the first pause; otherwise all clients would stay in step.
                pause(slot, for: think.mean * pauseRandom.fraction(), from: now)
            } else {
                free(slot, at: now)
            }
        }
    }

    /// Enters the next stage when its time has come.
    mutating func advanceStage() {
        switch stage {
        case .running:
            guard engine.now >= window.upperBound || hasBegunAll else { return }
            end(at: engine.now)
        case .ending(let until):
            guard running == 0 || engine.now >= until else { return }
            finish()
        case .connecting, .done: break
        }
    }

    /// Ends the load now, as after Ctrl-C; transactions that have begun may end. A second call abandons those too.
    package mutating func interrupt() {
        switch stage {
        case .connecting:
            wasInterrupted = true
            finish()
        case .running:
            wasInterrupted = true
            let now = clock()
            window = min(window.lowerBound, now)..<now
            end(at: now)
        case .ending: finish()
        case .done: break
        }
    }

    private mutating func end(at now: Instant) {
        if !hasBegunAll { countNotBegun() }
        stage = .ending(until: now + options.grace)
        stageBegan = now
        if running == 0 { finish() }
    }

    /// Counts the transactions that have not begun, with the time they have waited so far: leaving the slowest out of a
    /// percentile would be coordinated omission. O(transactions that wait)
    private mutating func countNotBegun() {
        guard var schedule else { return }
        while schedule.next < window.upperBound {
            let due = schedule.take()
            guard due >= window.lowerBound else { continue }
            tally.notBegun += 1
            tally.response.record(window.upperBound.nanoseconds(since: due))
        }
        self.schedule = schedule
    }

    /// Ends the run and closes all connections.
    mutating func finish() {
        guard stage != .done else { return }
        let bytesSent = tally.bytesSent
        for slot in 0..<UInt32(connections.endIndex) {
            if connections[slot].transaction?.isMeasured == true { tally.abandoned += 1 }
            connections[slot].transaction = nil
            if connections[slot].isOpen {
                disconnect(slot)
            } else {
                drop(slot)
            }
        }
        tally.bytesSent = bytesSent  // Terminate belongs to no transaction
        running = 0
        stage = .done
    }

    /// Lets an engine that collects sends until the end of a turn send them.
    package mutating func flushSends() { engine.wait(until: engine.now) }

    // MARK: - Results

    /// The current stage.
    package var progressStage: LoadProgress.Stage {
        switch stage {
        case .connecting: .connecting
        case .running: clock() < window.lowerBound ? .warmUp : .measuring
        case .ending, .done: .ending
        }
    }

    /// The measured time. Like pgbench's, it ends with the last answer that counts.
    var elapsed: Duration {
        let end = hasBegunAll ? lastFinish : max(window.upperBound, lastFinish)
        return end <= window.lowerBound ? .zero : end.duration(since: window.lowerBound)
    }

    /// The results; complete when the run is done.
    package var report: LoadReport {
        var report = LoadReport(
            target: target.description, serverVersion: serverVersion, options: options, elapsed: elapsed, tally: tally,
            connectedClients: connectedAtStart)
        report.warmUpFinished = warmUpFinished
        report.warmUpFailed = warmUpFailed
        report.wasInterrupted = wasInterrupted
        return report
    }

    /// The reason why nothing could be measured, in words for the user; `nil` if the load began.
    package var startFailure: String? {
        guard !hasConnected, let (address, error) = firstFailure else { return nil }
        let place =
            if case .unix(let path, _) = address { "socket \"\(path)\"" } else { "\(address.host):\(address.port)" }
        return "connection to \(place) failed: \(error.message)"
    }

    /// The state of the run; the rate and the percentile are those of ``takeRecent()``.
    package func progress(recent: LatencyHistogram, over time: Duration) -> LoadProgress {
        let now = clock()
        let stage = progressStage
        var began = stageBegan
        var share: Double?
        switch stage {
        case .connecting: share = Double(firstResultCount) / Double(max(1, options.clients))
        case .warmUp: share = now.duration(since: began) / max(options.warmUp, .nanoseconds(1))
        case .measuring:
            began = window.lowerBound
            let shares = [
                options.duration.map { now.duration(since: began) / max($0, .nanoseconds(1)) },
                options.transactions.map { Double(tally.finished) / Double(max(1, $0)) },
            ]
            share = shares.compactMap { $0 }.max()
        case .ending: share = 1
        }
        let seconds = time / .seconds(1)
        var lag = Duration.zero
        if let next = schedule?.next, next < now, stage == .measuring || stage == .warmUp {
            lag = now.duration(since: next)
        }
        return LoadProgress(
            stage: stage, elapsed: now.duration(since: began), share: share,
            rate: seconds > 0 ? Double(recent.count) / seconds : 0, p99: recent.percentile(99),
            errors: tally.failed + warmUpFailed + tally.failedConnections + tally.lostConnections,
            connected: connectedCount, clients: options.clients, lag: lag)
    }

    /// Returns and clears the latencies since the last call, including the warm-up.
    package mutating func takeRecent() -> LatencyHistogram {
        defer { recent.removeAll() }
        return recent
    }
}
