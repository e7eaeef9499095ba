import IOEngine
import Pooler
import PoolerConfig

/// What an operator does in the course of a history, and when.
struct OperatorPlan {
    enum Action {
        /// RELOAD with another size of the pools, and perhaps another host.
        case reload(SimulationPlan)
        case reconnect(String?)
        case pause(String?)
        case resume(String?)
        case kill(String?)
    }

    var steps: [(time: Duration, action: Action)] = []

    /// Clients are disconnected.
    var kills: Bool {
        steps.contains { step in
            if case .kill = step.action { true } else { false }
        }
    }

    /// Draws the steps of `plan`; every pause and kill is followed by a resume.
    static func drawn(for plan: SimulationPlan, using random: inout SeededRandom) -> OperatorPlan {
        var drawn = OperatorPlan()
        var present = plan
        let mayKill = random.happens(0.5)
        let latest = random.element(of: [50, 500, 3000])
        var times = (0..<random.number(in: 1...4)).map { _ in random.number(in: 0...latest) }
        times.sort()
        // One after the other, so that the resume of one does not end the pause of the next.
        var free = 0
        for time in times {
            let start = max(time, free)
            let database: String? = random.happens(0.5) ? random.element(of: plan.databases) : nil
            let end = start + random.number(in: 1...300)
            switch random.number(in: 0...(mayKill ? 4 : 3)) {
            case 0, 1:
                present = present.changed(using: &random)
                drawn.add(start, .reload(present))
            case 2: drawn.add(start, .reconnect(database))
            case 3:
                drawn.add(start, .pause(database))
                drawn.add(end, .resume(database))
                free = end + 1
            default:
                drawn.add(start, .kill(database))
                drawn.add(end, .resume(database))
                free = end + 1
            }
        }
        return drawn
    }

    private mutating func add(_ milliseconds: Int, _ action: Action) {
        steps.append((.milliseconds(milliseconds), action))
    }
}

extension SimulationPlan {
    /// The configuration that an operator has changed, in settings that RELOAD puts in force.
    fileprivate func changed(using random: inout SeededRandom) -> SimulationPlan {
        var changed = self
        if random.happens(0.5) { changed.poolSize = random.number(in: 1...4) }
        if random.happens(0.3) { changed.reserveSize = random.number(in: 0...2) }
        if random.happens(0.3) { changed.perDatabase = random.number(in: 0...5) }
        if random.happens(0.3) { changed.perUser = random.number(in: 0...5) }
        if random.happens(0.5) { changed.host = 1 - host }
        return changed
    }
}
