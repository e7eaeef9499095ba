import MonotonicTime
import PoolCore
import Testing

@Suite("Limits that pools share")
struct SharingTests {
    /// Pools of three users in one database.
    private func shared(max: Int, _ change: (inout PoolLimits) -> Void = { _ in }) -> PoolSimulation {
        var sim = PoolSimulation()
        let database = sim.addDatabase(max: max)
        for _ in 0..<3 {
            let user = sim.addUser()
            sim.addPool(
                database, user,
                PoolSimulation.limits {
                    $0.waitNotify = nil
                    change(&$0)
                })
        }
        return sim
    }

    @Test func theLongestIdleServerOfAnotherPoolIsEvicted() {
        var sim = shared(max: 3)
        sim.warm(2, pool: 0)
        sim.warm(1, pool: 1)
        #expect(sim.wait(1, 2).brief == ["close 1: evicted"])
        #expect(sim.counts(0).svClosing == 1, "it counts until it is gone")
        #expect(sim.wait(2, 2).brief == ["close 2: evicted"])
        #expect(sim.lose(1).brief == ["connect 4"])
        #expect(sim.lose(2).brief == ["connect 5"])
        #expect(sim.world.violations == [])
    }

    @Test func aServerThatBecomesFreeIsEvictedForAWaitingPool() {
        var sim = shared(max: 1)
        sim.warm(1, pool: 0)
        sim.wait(1, 0)
        #expect(sim.wait(2, 1).brief == [])
        #expect(sim.release(1).brief == ["close 1: evicted"])
        #expect(sim.lose(1).brief == ["connect 2"])
        #expect(sim.world.violations == [])
    }

    @Test func userLimitsSpanDatabases() {
        var sim = PoolSimulation()
        let (one, two, user) = (sim.addDatabase(), sim.addDatabase(), sim.addUser(max: 1))
        sim.addPool(one, user, PoolSimulation.limits())
        sim.addPool(two, user, PoolSimulation.limits())
        sim.warm(1, pool: 0)
        #expect(sim.wait(1, 1).brief == ["close 1: evicted"])
        #expect(sim.lose(1).brief == ["connect 2"])
        #expect(sim.group.counts(of: sim.users[0]).connections == 1)
        #expect(sim.world.violations == [])
    }

    @Test func aFreePlaceGoesToThePoolWhoseHeadWaitedLongest() {
        var sim = shared(max: 1)
        sim.wait(1, 0)
        sim.logIn(1)
        sim.advance(by: .seconds(1))
        sim.wait(2, 2)
        sim.advance(by: .seconds(1))
        sim.wait(3, 1)
        sim.advance(by: .seconds(1))
        sim.wait(4, 0)
        #expect(sim.lose(1).brief == ["connect 2"])
        #expect(sim.world.servers[2]?.pool == 2)
        #expect(sim.lose(2, .network).brief == ["connect 3"], "a failing pool does not keep the place")
        #expect(sim.world.servers[3]?.pool == 1)
        #expect(sim.world.violations == [])
    }

    @Test func aPoolWhoseHeadHasLeftIsServedByTheAgeOfTheNext() {
        var sim = shared(max: 1)
        sim.wait(1, 0)
        sim.logIn(1)
        sim.wait(2, 1)
        sim.advance(by: .seconds(1))
        sim.wait(3, 2)
        sim.advance(by: .seconds(1))
        sim.wait(4, 1)
        sim.leave(2)
        #expect(sim.lose(1).brief == ["connect 2"])
        #expect(sim.world.servers[2]?.pool == 2)
        #expect(sim.world.violations == [])
    }

    @Test func aBusyPoolHandsAServerOverToOneThatStarves() {
        var sim = shared(max: 2) { $0.checkDelay = nil }
        sim.warm(2, pool: 0)
        sim.wait(1, 0)
        sim.wait(2, 0)
        sim.wait(3, 1)
        var closed: [String] = []
        for round in 0..<20 {
            sim.wait(UInt64(10 + round), 0)  // pool 0 always has a client waiting
            sim.advance(by: .milliseconds(100))
            let server = sim.world.servers.values.filter { $0.pool == 0 && $0.phase != .closing }.map(\.id.rawValue)
                .min()
            closed += sim.release(server ?? 0).brief.filter { $0.contains("close") }
            if !closed.isEmpty { break }
        }
        #expect(closed == ["close 1: evicted"])
        #expect(sim.lose(1).brief == ["connect 3"])
        #expect(sim.logIn(3).brief == ["link 3 to 3"])
        #expect(sim.release(2).brief.count == 1, "no pool starves any more")
        #expect(sim.world.violations == [])
    }

    @Test func aRaisedLimitIsUsedAtOnce() {
        var sim = shared(max: 1)
        sim.wait(1, 0)
        #expect(sim.wait(2, 1).brief == [])
        sim.group.setLimits(DatabaseLimits(maxConnections: 2), of: sim.databases[0], at: sim.now, into: &sim.sink)
        #expect(sim.sink.brief == ["connect 2"])
    }

    @Test func aRemovedLimitHoldsNoClientBack() {
        var sim = shared(max: 1)
        sim.wait(1, 0)
        sim.wait(2, 1)
        sim.wait(3, 1)
        #expect(sim.setDatabaseLimit(0, 0).brief == ["connect 2", "connect 3"])
        #expect(sim.world.violations == [])
    }

    @Test func nothingIsEvictedForAClientThatLeft() {
        var sim = shared(max: 1)
        sim.wait(1, 0)
        sim.logIn(1)
        sim.wait(2, 1)
        sim.leave(2)
        #expect(sim.release(1).brief == [])
        #expect(sim.world.violations == [])
    }

    @Test func atMostOneServerIsHandedOverAtATime() {
        var sim = shared(max: 3) { $0.checkDelay = nil }
        sim.warm(3, pool: 0)
        (1...3).forEach { _ = sim.wait($0, 0) }
        (4...6).forEach { _ = sim.wait($0, 1) }
        sim.advance(by: .seconds(1))
        (7...9).forEach { _ = sim.wait($0, 0) }
        #expect(sim.release(1).brief == ["close 1: evicted"])
        #expect(sim.release(2).brief == ["link 7 to 2"])
        #expect(sim.lose(1).brief == ["connect 4"])
        #expect(sim.release(3).brief == ["link 8 to 3"], "the effect of the first is not seen yet")
        #expect(sim.world.violations == [])
    }

    @Test func evictionWaitsForBothLimits() {
        var sim = PoolSimulation()
        let (one, two) = (sim.addDatabase(max: 1), sim.addDatabase(max: 1))
        let (ann, bob) = (sim.addUser(max: 1), sim.addUser())
        sim.addPool(one, ann, PoolSimulation.limits())
        sim.addPool(one, bob, PoolSimulation.limits())
        sim.addPool(two, ann, PoolSimulation.limits())
        sim.warm(1, pool: 1)
        sim.warm(1, pool: 2)
        #expect(sim.wait(1, 0).brief == ["close 1: evicted", "close 2: evicted"])
        #expect(sim.lose(1).brief == [])
        #expect(sim.lose(2).brief == ["connect 3"])
        #expect(sim.world.violations == [])
    }
}
