import MonotonicTime
import PoolCore
import Testing

@Suite("Closing servers")
struct ClosingTests {
    @Test func idleServersAreClosedAfterTheirTime() {
        var sim = PoolSimulation.single {
            $0.serverIdleTimeout = .seconds(600)
            $0.minSize = 1
            $0.hasForcedUser = true
        }
        sim.logIn(1)
        sim.wait(1, 0)
        sim.wait(2, 0)
        sim.logIn(2)
        sim.release(1)
        sim.advance(by: .seconds(1))
        sim.release(2)
        #expect(sim.advance(by: .milliseconds(598_999)).brief == [])
        #expect(sim.advance(by: .milliseconds(1)).brief == ["close 1: server idle timeout"])
        #expect(sim.advance(by: .seconds(900)).brief == [], "min_pool_size is kept")
        #expect(sim.world.violations == [])
    }

    @Test func aQueryWithoutAnswerIsGivenUp() {
        var sim = PoolSimulation.single { $0.serverIdleTimeout = .seconds(600) }
        sim.warm(1)
        sim.wait(1, 0)
        sim.release(1, reset: true)
        #expect(sim.advance(by: .seconds(600)).brief == ["close 1: server idle timeout"])
        #expect(sim.world.violations == [])
    }

    @Test func closuresForAgeAreSpaced() {
        var sim = PoolSimulation.single {
            $0.size = 3
            $0.serverLifetime = .seconds(3600)
            $0.serverIdleTimeout = nil
            $0.checkDelay = nil
        }
        sim.warm(3)
        #expect(sim.advance(by: .milliseconds(3_599_999)).brief == [])
        #expect(sim.advance(by: .milliseconds(1)).brief == ["close 1: server lifetime over"])
        #expect(sim.wait(1, 0).brief == ["link 1 to 3"])
        #expect(sim.advance(by: .seconds(1200)).brief == ["close 2: server lifetime over"])
        #expect(sim.advance(by: .seconds(1199)).brief == [])
        #expect(sim.release(3).brief == [], "too soon after the last one")
        #expect(sim.wait(1, 0).brief == ["link 1 to 3"])
        sim.advance(by: .seconds(1))
        #expect(sim.release(3).brief == ["close 3: server lifetime over"])
        #expect(sim.world.violations == [])
    }

    @Test func withoutLifetimeAServerIsUsedOnce() {
        var sim = PoolSimulation.single { $0.serverLifetime = .zero }
        sim.wait(1, 0)
        #expect(sim.logIn(1).brief == ["link 1 to 1"])
        #expect(sim.release(1).brief == ["close 1: server lifetime over"])
        #expect(sim.world.violations == [])
    }

    @Test func aRaisedLifetimeSparesServersThatWereTooOld() {
        var sim = PoolSimulation.single {
            $0.size = 2
            $0.serverLifetime = .seconds(100)
            $0.serverIdleTimeout = nil
            $0.checkDelay = nil
        }
        sim.warm(2)
        #expect(sim.advance(by: .seconds(100)).brief == ["close 1: server lifetime over"])
        #expect(sim.setLimits(0) { $0.serverLifetime = .seconds(1000) }.brief == [])
        #expect(sim.advance(by: .seconds(899)).brief == [])
        #expect(sim.advance(by: .seconds(1)).brief == ["close 2: server lifetime over"])
        #expect(sim.world.violations == [])
    }

    @Test func reconnectClosesServersAsTheyBecomeFree() {
        var sim = PoolSimulation.single { $0.size = 3 }
        sim.warm(2)
        sim.wait(1, 0)
        sim.wait(2, 0)
        sim.wait(3, 0)
        sim.release(1)  // serves client 3
        sim.release(2)
        #expect(
            sim.reconnect(0).brief == ["close 2: database configuration changed", "close 3: connect string changed"])
        #expect(sim.send(.waitClose(sim.databases[0])).brief == [])
        #expect(sim.world.servers[1].map { sim.group.needsClose($0.id) } == true)
        #expect(sim.release(1).brief == ["close 1: close_needed"])
        sim.lose(1)
        sim.lose(2)
        #expect(sim.lose(3).brief == ["all closed"])
        #expect(sim.wait(9, 0).brief == ["connect 4"])
        #expect(sim.world.violations == [])
    }

    @Test func anUnusedPoolIsForgotten() {
        var sim = PoolSimulation.single {
            $0.poolIdleTimeout = .seconds(60)
            $0.serverIdleTimeout = .seconds(10)
        }
        let pool = sim.world.pools[0].id
        sim.warm(1)
        #expect(sim.advance(by: .seconds(10)).brief == ["close 1: server idle timeout"])
        sim.lose(1)
        #expect(sim.advance(by: .milliseconds(59_999)).brief == [])
        #expect(sim.advance(by: .milliseconds(1)).brief == ["pool removed"])
        #expect(sim.group.counts(of: pool) == nil)
        #expect(sim.wait(1, 0).brief == ["reject 1: database removed"], "a stale name is refused")
        var actions: [PoolGroup.Action] = []
        let again = sim.group.pool(
            database: sim.databases[0], user: sim.users[0], limits: PoolLimits(), at: sim.now, into: &actions)
        #expect(again != nil && again != pool)
    }

    @Test func aRemovedDatabaseIsGoneWhenItsLastClientAndServerHaveLeft() {
        var sim = PoolSimulation.single { $0.size = 1 }
        let (database, pool) = (sim.databases[0], sim.world.pools[0].id)
        #expect(sim.group.admit(database: database, user: sim.users[0]) == nil)
        sim.send(.clientJoined(ClientID(rawValue: 1), pool))
        sim.wait(1, 0)
        sim.logIn(1)
        sim.wait(2, 0)
        var actions: [PoolGroup.Action] = []
        sim.group.removeDatabase(database, at: sim.now, into: &actions)
        #expect(actions.brief == ["reject 2: database removed", "close 1: database removed"])
        for action in actions { sim.world.perform(action, at: sim.now) }
        #expect(sim.group.admit(database: database, user: nil) == .noSuchDatabase)
        #expect(sim.wait(3, 0).brief == ["reject 3: database removed"])
        #expect(sim.lose(1).brief == [])
        #expect(sim.send(.clientParted(ClientID(rawValue: 1), pool)).brief == ["pool removed"])
        actions = []
        sim.group.dismiss(database: database, user: sim.users[0], at: sim.now, into: &actions)
        #expect(actions.brief == ["database removed"])
        #expect(sim.group.counts(of: database) == nil)
        #expect(sim.group.addDatabase(DatabaseLimits()) != database)
    }
}
