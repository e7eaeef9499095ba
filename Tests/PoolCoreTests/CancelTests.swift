import MonotonicTime
import PoolCore
import Testing

@Suite("Cancel requests")
struct CancelTests {
    private func running(_ change: (inout PoolLimits) -> Void = { _ in }) -> PoolSimulation {
        var sim = PoolSimulation.single {
            $0.size = 1
            $0.waitNotify = nil
            change(&$0)
        }
        sim.warm(1)
        sim.wait(1, 0)
        return sim
    }

    @Test func aRequestGetsAConnectionBesideThePool() {
        var sim = running()
        #expect(sim.cancel(50, 1).brief == ["open cancel 50"])
        #expect(sim.counts().clWaitingCancelReq == 1)
        #expect(sim.send(.cancelConnected(CancelID(rawValue: 50))).brief == ["send cancel 50 for 1"])
        #expect(sim.counts().clActiveCancelReq == 1)
        #expect(sim.counts().svActiveCancel == 1)
        sim.finishCancel(50)
        #expect(sim.release(1).brief == [])
        #expect(sim.counts().svIdle == 1)
        #expect(sim.world.violations == [])
    }

    @Test func asManyAsThePoolIsLargeAreOpenAtOnce() {
        var sim = running { $0.cancelWaitTimeout = .seconds(10) }
        sim.cancel(50, 1)
        #expect(sim.cancel(51, 1).brief == [])
        sim.advance(by: .seconds(1))
        #expect(sim.cancel(52, 1).brief == [])
        sim.send(.cancelConnected(CancelID(rawValue: 50)))
        #expect(sim.advance(by: .seconds(9)).brief == ["reject cancel 51: cancel_wait_timeout"])
        #expect(sim.finishCancel(50).brief == ["open cancel 52"])
        #expect(sim.advance(by: .seconds(1)).brief == ["reject cancel 52: cancel_wait_timeout"])
        #expect(sim.world.violations == [])
    }

    @Test func aRequestThatComesTooLateIsDropped() {
        var sim = running()
        sim.cancel(50, 1)
        sim.cancel(51, 1)
        #expect(
            sim.release(1).brief == [
                "reject cancel 50: not sending cancel request for client that is now idle",
                "reject cancel 51: not sending cancel request for client that is now idle",
            ])
        #expect(sim.send(.cancelConnected(CancelID(rawValue: 50))).brief == [])
        #expect(
            sim.cancel(52, 1).brief == ["reject cancel 52: not sending cancel request for client that is now idle"])
        #expect(sim.world.violations == [])
    }

    @Test func aServerIsNotUsedWhileARequestForItIsUnderWay() {
        var sim = running { $0.size = 2 }
        sim.cancel(50, 1)
        sim.cancel(51, 1)
        sim.send(.cancelConnected(CancelID(rawValue: 50)))
        sim.send(.cancelConnected(CancelID(rawValue: 51)))
        #expect(sim.release(1).brief == [])
        #expect(sim.counts().svBeingCanceled == 1)
        #expect(sim.wait(2, 0).brief == ["connect 2"])
        #expect(sim.finishCancel(50).brief == [])
        #expect(sim.finishCancel(51).brief == ["link 2 to 1"])
        #expect(sim.world.violations == [])
    }

    @Test func theResetQueryWaitsForTheRequest() {
        var sim = running()
        sim.cancel(50, 1)
        sim.send(.cancelConnected(CancelID(rawValue: 50)))
        #expect(sim.release(1, reset: true).brief == [])
        #expect(sim.finishCancel(50).brief == ["reset 1"])
        sim.ready(1)
        #expect(sim.counts().svIdle == 1)
        #expect(sim.world.violations == [])
    }

    @Test func aServerThatIsLostTakesItsRequestsAlong() {
        var sim = running { $0.size = 2 }
        sim.cancel(50, 1)
        sim.cancel(51, 1)
        sim.send(.cancelConnected(CancelID(rawValue: 50)))
        #expect(
            sim.lose(1).brief == ["reject cancel 51: not sending cancel request for client that is now idle"])
        sim.wait(2, 0)
        sim.logIn(2)
        #expect(sim.finishCancel(50).brief == [], "the slot of the server has another owner now")
        #expect(sim.release(2).brief == [])
        #expect(sim.counts().svIdle == 1)
        #expect(sim.world.violations == [])
    }
}
