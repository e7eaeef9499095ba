import MonotonicTime
import PoolCore
import Testing

@Suite("Serving clients")
struct ServingTests {
    @Test func theLatestReleasedServerIsUsedFirst() {
        var sim = PoolSimulation.single()
        sim.warm(3)
        #expect(sim.wait(1, 0).brief == ["link 1 to 3"])
        #expect(sim.wait(2, 0).brief == ["link 2 to 2"])
        sim.release(3)
        #expect(sim.wait(3, 0).brief == ["link 3 to 3"])
        #expect(sim.world.violations == [])
    }

    @Test func roundRobinUsesTheLongestIdleServer() {
        var sim = PoolSimulation.single { $0.roundRobin = true }
        sim.warm(3)
        #expect(sim.wait(1, 0).brief == ["link 1 to 1"])
        sim.release(1)
        #expect(sim.wait(1, 0).brief == ["link 1 to 2"])
        #expect(sim.world.violations == [])
    }

    @Test func aWorkerPrefersItsOwnServers() {
        var sim = PoolSimulation.single(workers: 2)
        sim.wait(1, 0, worker: 0)
        sim.wait(2, 0, worker: 1)
        sim.logIn(1)
        sim.logIn(2)
        sim.release(1)
        sim.release(2)  // the latest, at worker 1
        #expect(sim.wait(3, 0, worker: 0).brief == ["link 3 to 1"])
        #expect(sim.wait(4, 0, worker: 0).brief == ["link 4 to 2"])
        sim.release(2)  // its home is worker 0 now
        #expect(sim.wait(5, 0, worker: 0).brief == ["link 5 to 2"])
        #expect(sim.world.violations == [])
    }

    @Test func waitingIsFirstInFirstOutOverAllWorkers() {
        var sim = PoolSimulation.single(workers: 2) { $0.size = 1 }
        sim.warm(1)
        #expect(sim.wait(1, 0, worker: 1).brief == ["link 1 to 1"])
        #expect(sim.wait(2, 0, worker: 0).brief == [])
        sim.advance(by: .milliseconds(10))
        #expect(sim.wait(3, 0, worker: 1).brief == [])
        #expect(sim.release(1).brief == ["link 2 to 1"])
        #expect(sim.wait(4, 0, worker: 0, atFront: true).brief == [])
        #expect(sim.release(1).brief == ["link 4 to 1"])
        #expect(sim.leave(3).brief == [])
        #expect(sim.release(1).brief == [])
        #expect(sim.world.violations == [])
    }

    /// Taking a server to another worker costs more than a transaction.
    @Test func aClientOfTheServersWorkerIsServedFirstIfItWaitsNearlyAsLong() {
        var sim = PoolSimulation.single(workers: 2) { $0.size = 1 }
        sim.warm(1)
        #expect(sim.wait(1, 0, worker: 1).brief == ["link 1 to 1"])
        #expect(sim.wait(2, 0, worker: 0).brief == [])
        sim.advance(by: .microseconds(9_999))
        #expect(sim.wait(3, 0, worker: 1).brief == [])
        sim.advance(by: .milliseconds(1))
        #expect(sim.wait(4, 0, worker: 1).brief == [])
        #expect(sim.release(1).brief == ["link 3 to 1"])
        #expect(sim.release(1).brief == ["link 2 to 1"])
        #expect(sim.release(1).brief == ["link 4 to 1"])
        #expect(sim.world.violations == [])
    }

    @Test func anEmptyPoolIsFilledInParallel() {
        var sim = PoolSimulation.single { $0.size = 3 }
        #expect((1...5).flatMap { sim.wait($0, 0).brief } == ["connect 1", "connect 2", "connect 3"])
        #expect(sim.logIn(2).brief == ["link 1 to 2"])
        #expect(sim.world.violations == [])
    }

    @Test func aLogInWaitsForTheFirstServerOnly() {
        var sim = PoolSimulation.single()
        #expect(sim.wait(1, 0, for: .welcome).brief == ["connect 1"])
        #expect(sim.wait(2, 0, for: .welcome).brief == [])
        #expect(sim.counts().clWaiting == 2)
        #expect(sim.logIn(1).brief == ["welcome 1", "welcome 2"])
        #expect(sim.wait(3, 0, for: .welcome).brief == ["welcome 3"])
        sim.reconnect(0)
        #expect(sim.wait(4, 0, for: .welcome).brief == ["connect 2"])
        #expect(sim.world.violations == [])
    }

    @Test func aClientWaitsNoLongerThanItsTimeout() {
        var sim = PoolSimulation.single {
            $0.size = 1
            $0.connectTimeout = nil
            $0.waitTimeout = .seconds(120)
            $0.waitNotify = .seconds(5)
        }
        sim.wait(1, 0)
        sim.wait(3, 0, for: .authQuery)
        sim.advance(by: .seconds(1))
        sim.wait(2, 0)
        #expect(sim.advance(by: .milliseconds(3_999)).brief == [])
        #expect(sim.advance(by: .milliseconds(1)).brief == ["notify 1"])
        #expect(sim.advance(by: .milliseconds(1_000)).brief == ["notify 2"])
        #expect(sim.advance(by: .milliseconds(113_999)).brief == [])
        #expect(
            sim.advance(by: .milliseconds(1)).brief == ["reject 1: query_wait_timeout", "reject 3: query_wait_timeout"])
        #expect(sim.leave(2).brief == [])
        #expect(sim.advance(by: .seconds(100)).brief == [])
        #expect(sim.world.violations == [])
    }

    @Test func theNoticeSurvivesTheClientInFront() {
        var sim = PoolSimulation.single {
            $0.size = 1
            $0.connectTimeout = nil
            $0.waitNotify = .seconds(5)
        }
        sim.wait(1, 0)
        sim.wait(2, 0)
        sim.leave(1)
        #expect(sim.advance(by: .seconds(5)).brief == ["notify 2"])
        sim.wait(3, 0, atFront: true)
        #expect(sim.advance(by: .seconds(5)).brief == [])
        #expect(sim.world.violations == [])
    }

    @Test func aShorterQueryTimeoutEndsTheWait() {
        var sim = PoolSimulation.single {
            $0.connectTimeout = nil
            $0.waitNotify = nil
            $0.queryTimeout = .seconds(3)
        }
        sim.wait(1, 0)
        #expect(sim.advance(by: .seconds(3)).brief == ["reject 1: query_timeout"])
    }

    @Test func clocksOfWorkersMayDiffer() {
        var sim = PoolSimulation.single {
            $0.size = 1
            $0.connectTimeout = nil
            $0.waitNotify = nil
        }
        sim.wait(1, 0)
        let early = Instant(nanoseconds: sim.now.nanoseconds - 1_000)
        let second = PoolGroup.Event.clientWaits(
            ClientID(rawValue: 2), sim.world.pools[0].id, worker: WorkerID(rawValue: 0), for: .server, since: early)
        sim.group.handle(second, at: sim.now, into: &sim.sink)
        #expect(sim.group.nextDeadline == sim.now + .seconds(120))
        #expect(sim.counts().waitingSince == sim.now)
    }

    @Test func aServerIsResetBeforeTheNextClient() {
        var sim = PoolSimulation.single { $0.size = 1 }
        sim.warm(1)
        sim.wait(1, 0)
        sim.wait(2, 0)
        #expect(sim.release(1, reset: true).brief == ["reset 1"])
        #expect(sim.counts().svTested == 1)
        #expect(sim.ready(1).brief == ["link 2 to 1"])
        #expect(sim.world.violations == [])
    }

    @Test func anOldIdleServerIsCheckedFirst() {
        var sim = PoolSimulation.single {
            $0.checkDelay = .seconds(30)
            $0.size = 2
        }
        sim.warm(2)
        sim.advance(by: .seconds(20))
        sim.wait(1, 0)
        sim.release(2)
        sim.advance(by: .seconds(10))
        #expect(sim.counts().svUsed == 1)
        #expect(sim.counts().svIdle == 1)
        #expect(sim.wait(1, 0).brief == ["link 1 to 2"])
        #expect(sim.wait(2, 0).brief == ["check 1"])
        #expect(sim.ready(1).brief == ["link 2 to 1"])
        #expect(sim.world.violations == [])
    }

    @Test func anOldIdleServerIsCheckedEvenIfTheTimerIsLate() {
        var sim = PoolSimulation.single { $0.checkDelay = .seconds(30) }
        sim.warm(1)
        sim.now = sim.now + .seconds(31)
        #expect(sim.wait(1, 0).brief == ["check 1"])
        #expect(sim.lose(1).brief == ["connect 2"])
        #expect(sim.world.violations == [])
    }

    @Test func withoutDelayEveryReleaseIsChecked() {
        var sim = PoolSimulation.single { $0.checkDelay = .zero }
        sim.warm(1)
        #expect(sim.counts().svUsed == 1)
        #expect(sim.wait(1, 0).brief == ["check 1"])
        #expect(sim.ready(1).brief == ["link 1 to 1"])
        #expect(sim.world.violations == [])
    }
}
