import MonotonicTime
import PoolCore
import Testing

/// What a pool inside an application needs, and the daemon does not.
@Suite("A pool inside an application")
struct EmbeddedTests {
    /// What the pool of a client library is like.
    private func pool(_ change: (inout PoolLimits) -> Void = { _ in }) -> PoolSimulation {
        PoolSimulation.single {
            $0.waitsWhileFailing = true
            $0.hasForcedUser = true
            $0.waitNotify = nil
            $0.loginRetry = .seconds(1)
            change(&$0)
        }
    }

    @Test func aCallerThatComesWhileConnectingFailsWaitsForTheNextAttempt() {
        var sim = pool()
        sim.wait(1, 0)
        sim.lose(1, .network)
        #expect(sim.wait(2, 0).brief == [])
        #expect(sim.advance(by: .seconds(1)).brief == ["connect 2"])
        #expect(sim.logIn(2).brief.first == "link 1 to 2")
    }

    @Test func aCallerThatComesRightAfterARefusalReceivesIt() {
        var sim = pool()
        sim.wait(1, 0)
        #expect(sim.lose(1, .login(failWaiters: true)).brief == ["reject 1: server login failed"])
        #expect(
            sim.wait(2, 0).brief == ["reject 2: server login has been failing, cached error: (server_login_retry)"])
    }

    @Test func aCallerThatComesWhenARefusalMayBeRetriedWaitsForTheAttempt() {
        var sim = pool()
        sim.wait(1, 0)
        sim.lose(1, .login(failWaiters: true))
        sim.advance(by: .seconds(1))
        #expect(sim.wait(2, 0).brief == ["connect 2"])
        #expect(sim.wait(3, 0).brief == [])
        #expect(sim.lose(2, .network).brief == [])
        #expect(sim.wait(4, 0).brief == [], "the last failure was no refusal")
    }

    @Test func idleServersAreKeptReadyWhenAskedFor() {
        var sim = pool { ($0.size, $0.minIdle) = (3, 1) }
        #expect(sim.counts().svLogin == 1)
        sim.logIn(1)
        sim.wait(1, 0)
        #expect(sim.fill().brief == ["connect 2"])
        #expect(sim.fill().brief == [])
        sim.logIn(2)
        sim.wait(2, 0)
        #expect(sim.fill().brief == ["connect 3"])
        sim.logIn(3)
        sim.wait(3, 0)
        #expect(sim.fill().brief == [], "the pool is full")
    }

    @Test func idleServersUnderSuspicionAreCheckedFirst() {
        var sim = pool { $0.checkDelay = nil }
        sim.warm(2)
        #expect(sim.suspect().brief == [])
        #expect(sim.counts().svUsed == 2)
        #expect(sim.wait(1, 0).brief == ["check 2"])
        #expect(sim.ready(2).brief == ["link 1 to 2"])
    }

    @Test func theTimeBetweenAttemptsCanBeChangedWithEachFailure() {
        var sim = pool()
        sim.wait(1, 0)
        sim.group.setLoginRetry(.seconds(7), of: sim.world.pools[0].id)
        sim.lose(1, .network)
        #expect(sim.advance(by: .milliseconds(6_999)).brief == [])
        #expect(sim.advance(by: .milliseconds(1)).brief == ["connect 2"])
    }

    @Test func anAttemptCanBeMadeWithoutAWaitingCallerWhenOneIsDue() {
        var sim = pool()
        sim.wait(1, 0)
        sim.lose(1, .login(failWaiters: true))
        #expect(sim.probe().brief == [], "too early")
        sim.advance(by: .seconds(1))
        #expect(sim.probe().brief == ["connect 2"])
        #expect(sim.probe().brief == [], "one is under way")
        sim.logIn(2)
        #expect(sim.counts().svIdle == 1)
    }
}

extension PoolSimulation {
    fileprivate mutating func fill() -> [PoolGroup.Action] {
        var actions: [PoolGroup.Action] = []
        group.fill(world.pools[0].id, at: now, into: &actions)
        for action in actions { world.perform(action, at: now) }
        return actions
    }

    fileprivate mutating func probe() -> [PoolGroup.Action] {
        var actions: [PoolGroup.Action] = []
        group.probe(world.pools[0].id, at: now, into: &actions)
        for action in actions { world.perform(action, at: now) }
        return actions
    }

    fileprivate mutating func suspect() -> [PoolGroup.Action] {
        var actions: [PoolGroup.Action] = []
        group.suspectIdle(of: world.pools[0].id, at: now, into: &actions)
        for action in actions { world.perform(action, at: now) }
        return actions
    }
}
