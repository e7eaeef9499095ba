import MonotonicTime
import PoolCore
import Testing

@Suite("Opening servers")
struct OpeningTests {
    @Test func theReserveOpensOnlyAfterItsDelay() {
        var sim = PoolSimulation.single {
            $0.size = 1
            $0.reserveSize = 1
            $0.reserveTimeout = .seconds(5)
            $0.waitNotify = nil
        }
        sim.warm(1)
        sim.wait(1, 0)
        #expect(sim.wait(2, 0).brief == [])
        #expect(sim.wait(3, 0).brief == [])
        #expect(sim.advance(by: .milliseconds(4_999)).brief == [])
        #expect(sim.advance(by: .milliseconds(1)).brief == ["connect 2 reserve"])
        #expect(sim.logIn(2).brief == ["link 2 to 2"])
        #expect(sim.advance(by: .seconds(20)).brief == [])
        #expect(sim.world.violations == [])
    }

    @Test func theReserveOpensOneByOne() {
        var sim = PoolSimulation.single {
            $0.size = 1
            $0.reserveSize = 2
            $0.reserveTimeout = .seconds(5)
            $0.waitNotify = nil
        }
        sim.warm(1)
        (1...4).forEach { _ = sim.wait($0, 0) }
        #expect(sim.advance(by: .seconds(6)).brief == ["connect 2 reserve"])
        #expect(sim.wait(5, 0).brief == [])
        #expect(sim.logIn(2).brief == ["link 2 to 2", "connect 3 reserve"])
        #expect(sim.logIn(3).brief == ["link 3 to 3"])
        #expect(sim.world.violations == [])
    }

    @Test func anAttemptThatTakesLongIsNotJoinedByAnother() {
        var sim = PoolSimulation.single {
            $0.loginRetry = .seconds(1)
            $0.connectTimeout = .seconds(15)
            $0.waitNotify = nil
        }
        sim.wait(1, 0)
        sim.wait(2, 0)
        sim.lose(1, .network)
        #expect(sim.advance(by: .seconds(10)).brief == [], "the second is still on its way")
        #expect(sim.wait(3, 0).brief == [], "it may still succeed")
        #expect(sim.wait(4, 0, for: .welcome).brief == [])
        #expect(
            sim.lose(2, .network).brief == [
                "reject 3: server login has been failing, cached error: (server_login_retry)", "connect 3",
            ], "clients 1 and 2 came before log-ins failed and keep waiting")
        #expect(sim.world.violations == [])
    }

    @Test func aZeroReserveTimeoutKeepsTheReserveShut() {
        var sim = PoolSimulation.single {
            $0.size = 1
            $0.reserveSize = 1
            $0.reserveTimeout = nil
            $0.waitNotify = nil
        }
        sim.warm(1)
        sim.wait(1, 0)
        sim.wait(2, 0)
        #expect(sim.advance(by: .seconds(100)).brief == [])
    }

    @Test func aPoolOfAForcedUserIsKeptFilled() {
        var sim = PoolSimulation()
        let (database, user) = (sim.addDatabase(max: 2), sim.addUser())
        sim.addPool(
            database, user,
            PoolSimulation.limits {
                $0.minSize = 3
                $0.hasForcedUser = true
            })
        #expect(sim.world.servers.keys.sorted() == [1, 2], "max_db_connections comes first")
        sim.logIn(1)
        sim.logIn(2)
        #expect(sim.lose(1).brief == ["connect 3"])
        sim.setDatabaseLimit(database, 5)
        #expect(sim.advance(by: .seconds(1)).brief == ["connect 4"])
        #expect(sim.world.violations == [])
    }

    @Test func anotherPoolIsFilledOnlyWhileItHasAClient() {
        var sim = PoolSimulation.single {
            $0.minSize = 2
            $0.serverIdleTimeout = .seconds(10)
            $0.checkDelay = nil
        }
        let pool = sim.world.pools[0].id
        #expect(sim.world.servers.isEmpty)
        #expect(sim.send(.clientJoined(ClientID(rawValue: 1), pool)).brief == ["connect 1", "connect 2"])
        sim.logIn(1)
        sim.logIn(2)
        #expect(sim.counts().clActive == 1)
        #expect(sim.advance(by: .seconds(30)).brief == [], "min_pool_size outlasts server_idle_timeout")
        sim.send(.clientParted(ClientID(rawValue: 1), pool))
        #expect(sim.lose(1).brief == [])
        #expect(sim.world.violations == [])
    }

    @Test func afterAFailureOneAttemptIsMadePerRetryTime() {
        var sim = PoolSimulation.single {
            $0.loginRetry = .seconds(15)
            $0.waitNotify = nil
        }
        #expect((1...3).flatMap { sim.wait($0, 0).brief } == ["connect 1", "connect 2", "connect 3"])
        #expect(sim.lose(1, .network).brief == [], "waiting clients keep waiting")
        #expect(sim.lose(2, .network).brief == [])
        #expect(sim.lose(3, .network).brief == [])
        #expect(sim.wait(4, 0).brief == ["reject 4: server login has been failing, cached error: (server_login_retry)"])
        #expect(sim.advance(by: .milliseconds(14_999)).brief == [])
        #expect(sim.advance(by: .milliseconds(1)).brief == ["connect 4"])
        #expect(sim.logIn(4).brief == ["link 1 to 4", "connect 5", "connect 6"])
        #expect(sim.world.violations == [])
    }

    @Test func aClientThatComesWhenAnAttemptIsDueWaitsForIt() {
        var sim = PoolSimulation.single { $0.loginRetry = .seconds(15) }
        sim.wait(1, 0)
        #expect(sim.lose(1, .login(failWaiters: true)).brief == ["reject 1: server login failed"])
        #expect(sim.wait(2, 0).brief == ["reject 2: server login has been failing, cached error: (server_login_retry)"])
        sim.advance(by: .seconds(15))
        #expect(sim.wait(3, 0).brief == ["connect 2"])
        #expect(sim.wait(4, 0).brief == [])
        #expect(sim.logIn(2).brief == ["link 3 to 2", "connect 3"])
        #expect(sim.lose(3, .network).brief == [], "client 4 waits like all others since a log-in has succeeded")
        #expect(sim.world.violations == [])
    }

    @Test(arguments: [PoolGroup.ConnectFailure.network, .login(failWaiters: false)])
    func aClientThatCameWhileLogInsFailedLeavesWithTheNextFailure(failure: PoolGroup.ConnectFailure) {
        var sim = PoolSimulation.single { $0.loginRetry = .seconds(15) }
        sim.wait(1, 0)
        sim.lose(1, .login(failWaiters: true))
        sim.advance(by: .seconds(15))
        sim.wait(2, 0)
        #expect(
            sim.lose(2, failure).brief == [
                "reject 2: server login has been failing, cached error: (server_login_retry)"
            ])
        #expect(sim.world.violations == [])
    }

    @Test func connectingThatTakesTooLongIsAFailureLikeOthers() {
        var sim = PoolSimulation.single {
            $0.loginRetry = .seconds(15)
            $0.waitNotify = nil
        }
        sim.wait(1, 0)
        sim.lose(1, .login(failWaiters: true))
        sim.advance(by: .seconds(15))
        sim.wait(2, 0)
        #expect(
            sim.advance(by: .seconds(15)).brief == [
                "reject 2: server login has been failing, cached error: (server_login_retry)",
                "close 2: connect timeout",
            ])
        #expect(sim.world.violations == [])
    }

    @Test func aRefusalThatIsNotRememberedIsTriedAgainForTheNextClient() {
        var sim = PoolSimulation.single { $0.loginRetry = .seconds(15) }
        sim.wait(1, 0, for: .welcome)
        #expect(
            sim.lose(1, .login(failWaiters: true, isRemembered: false)).brief == ["reject 1: server login failed"])
        #expect(sim.wait(2, 0, for: .welcome).brief == ["connect 2"])
        #expect(
            sim.lose(2, .login(failWaiters: true, isRemembered: false)).brief == ["reject 2: server login failed"])
        #expect(sim.wait(3, 0).brief == ["connect 3"])
        #expect(sim.logIn(3).brief == ["link 3 to 3"])
        #expect(sim.world.violations == [])
    }

    @Test func serversOfTheMinimumAreNotRetriedAtOnceAfterAnyRefusal() {
        var sim = PoolSimulation.single {
            $0.minSize = 1
            $0.hasForcedUser = true
            $0.loginRetry = .seconds(15)
        }
        #expect(sim.lose(1, .login(failWaiters: true, isRemembered: false)).brief == [])
        #expect(sim.advance(by: .milliseconds(14_999)).brief == [])
        #expect(sim.advance(by: .milliseconds(1)).brief == ["connect 2"])
        #expect(sim.world.violations == [])
    }

    @Test func aRefusedLogInFailsAllClientsUnlessThereIsAServer() {
        var sim = PoolSimulation.single { $0.size = 2 }
        sim.warm(1)
        sim.wait(1, 0)
        sim.wait(2, 0)
        #expect(sim.lose(2, .login(failWaiters: true)).brief == [], "the first server will serve client 2")
        #expect(sim.release(1).brief == ["link 2 to 1"])
        sim.wait(3, 0)
        sim.makeObsolete(1)
        sim.advance(by: .seconds(15))
        #expect(sim.world.servers[3]?.phase == .connecting)
        #expect(sim.lose(3, .login(failWaiters: false)).brief == [], "the database is starting up")
        sim.advance(by: .seconds(15))
        #expect(sim.lose(4, .login(failWaiters: true)).brief == ["reject 3: server login failed"])
        #expect(sim.world.violations == [])
    }

    @Test func connectingHasATimeLimit() {
        var sim = PoolSimulation.single {
            $0.connectTimeout = .seconds(15)
            $0.loginRetry = .seconds(20)
            $0.waitNotify = nil
        }
        sim.wait(1, 0)
        #expect(sim.advance(by: .seconds(15)).brief == ["close 1: connect timeout"])
        #expect(sim.lose(1).brief == [])
        #expect(sim.advance(by: .seconds(5)).brief == ["connect 2"])
        #expect(sim.world.violations == [])
    }

    @Test func aPoolMayGrowAndShrink() {
        var sim = PoolSimulation.single { $0.size = 1 }
        (1...3).forEach { _ = sim.wait($0, 0) }
        #expect(sim.setLimits(0) { $0.size = 3 }.brief == ["connect 2", "connect 3"])
        for server in UInt64(1)...3 { sim.logIn(server) }
        sim.release(3)
        #expect(sim.setLimits(0) { $0.size = 1 }.brief == ["close 3: too many servers in the pool"])
        #expect(sim.release(2).brief == ["close 2: too many servers in the pool"])
        #expect(sim.release(1).brief == [])
        #expect(sim.world.violations == [])
    }
}
