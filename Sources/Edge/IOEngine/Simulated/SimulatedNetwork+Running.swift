package import MonotonicTime

extension SimulatedNetwork {
    /// Runs workers, actors and the clock until `end`, or until `isDone` says so.
    ///
    /// Who comes next is drawn from the seed, as long as anybody has anything to do at the present time; only then does
    /// time jump to the next thing that will happen.
    ///
    /// - Parameters:
    ///   - isDone: asked before each step.
    ///   - turn: gives the worker on the engine of that number, in the order the engines were made, one turn: it must
    ///     wait on its engine once and take every completion.
    /// - Returns: whether `isDone` ended it.
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

    /// As ``run(until:unless:turn:)``, for a length of time.
    @discardableResult
    package func run(for duration: Duration, unless isDone: () -> Bool = { false }, turn: (Int) -> Void) -> Bool {
        run(until: now + duration, unless: isDone, turn: turn)
    }

    /// Runs until nothing is in flight, no actor has anything planned and every worker only waits for its deadline.
    package func runUntilQuiet(turn: (Int) -> Void) {
        while true {
            if stepAtThisTime(turn) { continue }
            guard events.foregroundCount > 0, let next = nextTime else { return }
            now = max(now, next)
        }
    }

    /// The next thing that will happen by itself.
    private var nextTime: Instant? {
        var soonest = events.soonest
        for workplace in workplaces {
            if let deadline = workplace.deadline { soonest = min(soonest ?? deadline, deadline) }
        }
        return soonest
    }

    private func stepAtThisTime(_ turn: (Int) -> Void) -> Bool {
        var choices = workplaces.indices.filter { workplaces[$0].hasWork }
        if let soonest = events.soonest, soonest <= now { choices.append(-1) }
        guard !choices.isEmpty else { return false }
        let choice = choices.count == 1 ? choices[0] : random.element(of: choices)
        if choice < 0 {
            events.removeSoonest()?.action()
        } else {
            turn(choice)
            workplaces[choice].turnHasEnded()
        }
        return true
    }
}
