package import MonotonicTime

extension SimulatedNetwork {
    /// Runs workers, actors and the clock until `end`, or until `isDone` returns true.
    ///
    /// The next to run is drawn with the seed, as long as any has work at the current time; only then does time advance
    /// to the next event.
    ///
    /// - Parameters:
    ///   - isDone: called before each step.
    ///   - turn: gives one turn to the worker on the engine with that number, in the order the engines were created: it
    ///     must wait on its engine once and take every completion.
    /// - Returns: whether `isDone` ended the run.
    @discardableResult
    package func run(until end: Instant, unless isDone: () -> Bool = { false }, turn: (Int) -> Void) -> Bool {
        while !isDone() {
            if stepAtThisTime(turn) { continue }
            guard let next = nextTime, next <= end else {
                now = max(now, end)
                return isDone()
            }
            now = max(now, next)
        }
        return true
    }

    /// Like ``run(until:unless:turn:)``, for a duration.
    @discardableResult
    package func run(for duration: Duration, unless isDone: () -> Bool = { false }, turn: (Int) -> Void) -> Bool {
        run(until: now + duration, unless: isDone, turn: turn)
    }

    /// Runs until nothing is in flight, no actor has anything scheduled and every worker only waits for its deadline.
    package func runUntilQuiet(turn: (Int) -> Void) {
        while true {
            if stepAtThisTime(turn) { continue }
            guard events.foregroundCount > 0, let next = nextTime else { return }
            now = max(now, next)
        }
    }

    /// The time of the next event.
    private var nextTime: Instant? {
        var soonest = events.soonest
        for engine in engines {
            if let deadline = engine.deadline { soonest = min(soonest ?? deadline, deadline) }
        }
        return soonest
    }

    private func stepAtThisTime(_ turn: (Int) -> Void) -> Bool {
        var choices = engines.indices.filter { engines[$0].hasWork }
        if let soonest = events.soonest, soonest <= now { choices.append(-1) }
        guard !choices.isEmpty else { return false }
        let choice = choices.count == 1 ? choices[0] : random.element(of: choices)
        if choice < 0 {
            events.removeSoonest()?.action()
        } else {
            turn(choice)
            engines[choice].turnHasEnded()
        }
        return true
    }
}
