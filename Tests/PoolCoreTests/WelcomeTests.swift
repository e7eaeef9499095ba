import MonotonicTime
import PoolCore
import Testing

@Suite("Parameters at log-in")
struct WelcomeTests {
    @discardableResult
    private func logIn(_ sim: inout PoolSimulation, _ client: UInt64) -> [String] {
        sim.wait(client, 0, for: .welcome).brief
    }

    @Test func onlyTheFirstClientWaits() {
        var sim = PoolSimulation.single()
        #expect(logIn(&sim, 1) == ["connect 1"])
        #expect(sim.logIn(1).brief == ["welcome 1"])
        #expect(logIn(&sim, 2) == ["welcome 2"])
        #expect(sim.world.violations == [])
    }

    @Test func afterReconnectTheNextClientWaitsForAFreshServer() {
        var sim = PoolSimulation.single()
        sim.warm(1)
        #expect(sim.reconnect(0).brief == ["close 1: database configuration changed"])
        #expect(logIn(&sim, 1) == ["connect 2"])
        sim.lose(1)
        #expect(sim.logIn(2).brief == ["welcome 1"])
        #expect(sim.world.violations == [])
    }

    @Test func onceEveryServerIsMarkedTheNextClientWaits() {
        var sim = PoolSimulation.single { $0.size = 3 }
        sim.warm(2)
        sim.makeObsolete(1)
        #expect(logIn(&sim, 1) == ["welcome 1"], "server 2 is not marked")
        sim.makeObsolete(2)
        #expect(logIn(&sim, 2) == ["connect 3"])
        #expect(sim.world.violations == [])
    }

    /// Source: PgBouncer 1.25.2, `launch_new_connection`.
    @Test func aPoolThatIsFullOfMarkedServersOpensOneMore() {
        var sim = PoolSimulation.single {
            $0.size = 1
            $0.waitNotify = nil
        }
        sim.warm(1)
        sim.wait(1, 0)
        sim.reconnect(0)
        #expect(logIn(&sim, 2) == ["connect 2"])
        #expect(logIn(&sim, 3) == [])
        #expect(sim.logIn(2).brief == ["welcome 2", "welcome 3"])
        #expect(sim.wait(4, 0).brief == ["link 4 to 2"])
        #expect(sim.wait(5, 0).brief == [])
        #expect(sim.release(1).brief == ["close 1: close_needed"])
        #expect(sim.release(2).brief == ["link 5 to 2"], "the pool has its size again")
        #expect(sim.world.violations == [])
    }

    @Test func killForgetsTheParameters() {
        var sim = PoolSimulation.single()
        sim.warm(1)
        sim.kill(0)
        sim.lose(1)
        #expect(logIn(&sim, 1) == [], "paused")
        #expect(sim.resume(0).brief == ["connect 2"])
        #expect(sim.world.violations == [])
    }

    // MARK: Standbys

    private func standby(_ change: (inout PoolLimits) -> Void = { _ in }) -> PoolSimulation {
        var sim = PoolSimulation.single(change)
        sim.world.pools[0].isStandby = true
        sim.group.setStandby(true, of: sim.world.pools[0].id)
        return sim
    }

    @Test func aStandbyIsAskedAgainAfterASecondOfSilence() {
        var sim = standby()
        sim.warm(1)
        sim.advance(by: .milliseconds(999))
        #expect(logIn(&sim, 1) == ["welcome 1"])
        sim.advance(by: .milliseconds(1))
        #expect(logIn(&sim, 2) == ["check 1"])
        #expect(logIn(&sim, 3) == [])
        sim.group.setStandby(false, of: sim.world.pools[0].id)
        #expect(sim.ready(1).brief == ["welcome 2", "welcome 3"])
        sim.advance(by: .seconds(10))
        #expect(logIn(&sim, 4) == ["welcome 4"], "it has been promoted")
        #expect(sim.world.violations == [])
    }

    @Test func aStandbyInUseReportsByItself() {
        var sim = standby()
        sim.warm(1)
        sim.wait(1, 0)
        sim.advance(by: .seconds(10))
        #expect(logIn(&sim, 2) == ["welcome 2"])
        #expect(sim.world.violations == [])
    }

    @Test func aStandbyWithoutAServerIsAskedByANewOne() {
        var sim = standby { $0.serverIdleTimeout = .seconds(5) }
        sim.warm(1)
        #expect(sim.advance(by: .seconds(5)).brief == ["close 1: server idle timeout"])
        sim.lose(1)
        #expect(logIn(&sim, 1) == ["connect 2"])
        #expect(sim.logIn(2).brief == ["welcome 1"])
        #expect(sim.world.violations == [])
    }

    @Test func aCheckThatFailsIsFollowedByANewServer() {
        var sim = standby()
        sim.warm(1)
        sim.advance(by: .seconds(2))
        #expect(logIn(&sim, 1) == ["check 1"])
        #expect(sim.lose(1).brief == ["connect 2"])
        #expect(sim.lose(2, .network).brief == ["welcome 1"], "what is known is better than to wait for long")
        #expect(logIn(&sim, 2) == ["welcome 2"])
        #expect(sim.world.violations == [])
    }

    @Test func aPausedStandbyIsNotAsked() {
        var sim = standby()
        sim.warm(1)
        sim.advance(by: .seconds(2))
        logIn(&sim, 1)
        #expect(sim.pause(0).brief == ["welcome 1"])
        sim.ready(1)
        sim.lose(1)
        #expect(logIn(&sim, 2) == ["welcome 2"])
        #expect(sim.world.violations == [])
    }

    @Test func afterAllServersBrokeANewOneReportsTheCurrentValues() {
        var sim = PoolSimulation.single()
        sim.warm(1)
        sim.lose(1)
        #expect(logIn(&sim, 1) == ["connect 2"])
        #expect(sim.lose(2, .login(failWaiters: false)).brief == ["welcome 1"], "the database is starting up")
        #expect(logIn(&sim, 2) == ["welcome 2"], "as PgBouncer does while there is no server")
        #expect(sim.world.violations == [])
    }
}
