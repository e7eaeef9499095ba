import IOEngine
package import LoadPlan
import MonotonicTime
import PGWire

/// From connecting to the report.
extension LoadRunner where Engine: ~Copyable {
    var isEnding: Bool {
        switch stage {
        case .connecting, .running: false
        case .ending, .done: true
        }
    }

    /// Everybody has connected: the load begins.
    mutating func begin() {
        let now = clock()
        let start = now + options.warmUp
        window = start..<(options.duration.map { start + $0 } ?? Instant(nanoseconds: .max))
        stage = .running
        stageBegan = now
        connectedAtStart = connectedCount
        // What it took to get here is no part of the load.
        (tally.bytesSent, tally.bytesReceived) = (0, 0)
        if options.connectsEachTime { tally.connecting.removeAll() }
        if case .open(let rate, let pattern) = options.loop {
            schedule = ArrivalSchedule(rate: rate, pattern: pattern, seed: options.seed, from: now)
        }
        for slot in 0..<UInt32(connections.endIndex) {
            let canBegin = options.connectsEachTime || connections[slot].state == .idle
            guard canBegin else { continue }
            if case .closed(let think?) = options.loop {
                // Spread over the first pause, or all would go on thinking in step.
                rest(slot, for: think.mean * pauseRandom.fraction(), from: now)
            } else {
                free(slot, at: now)
            }
        }
    }

    /// Moves to the next stage when its time has come.
    mutating func moveOn() {
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

    /// Ends the load now, as after Ctrl-C; what has begun may end. A second call gives that up, too.
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
        if !hasBegunAll { countWhatHasNotBegun() }
        stage = .ending(until: now + options.grace)
        stageBegan = now
        if running == 0 { finish() }
    }

    /// Who leaves the slowest out of a percentile omits in coordination: transactions that are still waiting are counted
    /// with the time they have waited so far. O(transactions that wait)
    private mutating func countWhatHasNotBegun() {
        guard var schedule else { return }
        while schedule.next < window.upperBound {
            let due = schedule.take()
            guard due >= window.lowerBound else { continue }
            tally.notBegun += 1
            tally.response.record(window.upperBound.nanoseconds(since: due))
        }
        self.schedule = schedule
    }

    /// Everything is over: says good-bye to the server.
    mutating func finish() {
        guard stage != .done else { return }
        let bytesSent = tally.bytesSent
        for slot in 0..<UInt32(connections.endIndex) {
            if connections[slot].transaction?.isMeasured == true { tally.abandoned += 1 }
            connections[slot].transaction = nil
            if connections[slot].isOpen {
                hangUp(slot)
            } else {
                drop(slot)
            }
        }
        tally.bytesSent = bytesSent  // good-byes belong to no transaction
        running = 0
        stage = .done
    }

    /// Gives an engine that collects what it sends the chance to do so.
    package mutating func sayGoodbye() { engine.wait(until: engine.now) }

    // MARK: - Results

    /// Where the run is.
    package var progressStage: LoadProgress.Stage {
        switch stage {
        case .connecting: .connecting
        case .running: clock() < window.lowerBound ? .warmUp : .measuring
        case .ending, .done: .ending
        }
    }

    /// The measured time. It ends with the last answer that counts, as pgbench's does.
    var elapsed: Duration {
        let end = hasBegunAll ? lastFinish : max(window.upperBound, lastFinish)
        return end <= window.lowerBound ? .zero : end.duration(since: window.lowerBound)
    }

    /// What was found out; complete when the run is done.
    package var report: LoadReport {
        var report = LoadReport(
            target: target.description, serverVersion: serverVersion, options: options, elapsed: elapsed, tally: tally,
            connectedClients: connectedAtStart)
        report.warmUpFinished = warmUpFinished
        report.warmUpFailed = warmUpFailed
        report.wasInterrupted = wasInterrupted
        return report
    }

    /// Why nothing could be measured, if that is so: the words for the user.
    package var startFailure: String? {
        guard !hasConnected, let (address, error) = firstFailure else { return nil }
        let place =
            if case .unix(let path, _) = address { "socket \"\(path)\"" } else { "\(address.host):\(address.port)" }
        return "connection to \(place) failed: \(error.message)"
    }

    /// How the run does; the rate and the percentile are those of what ``takeRecent()`` gave.
    package func progress(recent: LatencyHistogram, over time: Duration) -> LoadProgress {
        let now = clock()
        let stage = progressStage
        var began = stageBegan
        var share: Double?
        switch stage {
        case .connecting: share = Double(settledCount) / Double(max(1, options.clients))
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

    /// The latencies since the last call, warm-up included.
    package mutating func takeRecent() -> LatencyHistogram {
        defer { recent.removeAll() }
        return recent
    }
}
