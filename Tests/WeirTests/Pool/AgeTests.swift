import Testing
import Weir

@Suite("Connections of a pool age")
struct AgeTests {
    @Test func whatNobodyUsesIsClosedAfterTheIdleTimeout() throws {
        let world = PoolWorld { $0.idleTimeout = .seconds(60) }
        world.release(try world.borrower())
        world.advance(by: .milliseconds(59_999))
        #expect(world.numbers.idle == 1)
        world.advance(by: .milliseconds(1))
        #expect(world.numbers.total == 0)
        #expect(world.servers[0].log == ["close"])
        #expect(world.numbers.destroyed == [.idle: 1])
    }

    @Test func whatIsUsedNowAndThenStays() throws {
        let world = PoolWorld {
            $0.idleTimeout = .seconds(60)
            $0.maximumLifetime = nil
        }
        for _ in 0..<10 {
            world.release(try world.borrower())
            world.advance(by: .seconds(59))
        }
        #expect(world.servers.count == 1)
    }

    @Test func aQuietPoolShrinksToWhatItNeeds() throws {
        let world = PoolWorld {
            $0.maximumConnections = 5
            $0.idleTimeout = .seconds(60)
        }
        for lease in try (0..<5).map({ _ in try world.borrower() }) { world.release(lease) }
        for _ in 0..<12 {
            world.advance(by: .seconds(10))
            world.release(try world.borrower())
        }
        #expect(world.living == [5])
    }

    @Test func withoutIdleTimeoutNothingIsClosed() throws {
        let world = PoolWorld {
            $0.idleTimeout = nil
            $0.maximumLifetime = nil
        }
        world.release(try world.borrower())
        world.advance(by: .seconds(1_000_000))
        #expect(world.living == [1])
    }

    @Test func theMinimumIsOpenedAtOnceAndStays() {
        let world = PoolWorld {
            $0.maximumConnections = 5
            $0.minimumConnections = 3
            $0.maximumLifetime = nil
        }
        #expect(world.living == [1, 2, 3])
        world.advance(by: .seconds(3600))
        #expect(world.living == [1, 2, 3])
    }

    @Test func theMinimumIsMadeUpForWhenConnectionsBreak() {
        let world = PoolWorld {
            $0.maximumConnections = 5
            $0.minimumConnections = 3
        }
        world.kill(world.servers[0])
        world.kill(world.servers[1])
        #expect(world.living == [3, 4, 5])
    }

    @Test func theMinimumIsTriedForUntilItIsThere() {
        let world = PoolWorld(opening: .isDown) { $0.minimumConnections = 2 }
        world.advance(by: .seconds(60))
        #expect(world.attempts.count > 8)
        world.set(.works)
        world.advance(by: .seconds(10))
        #expect(world.living == [1, 2])
    }

    @Test func someAreKeptReadyBeyondThoseInUse() throws {
        let world = PoolWorld {
            $0.maximumConnections = 4
            $0.minimumIdleConnections = 2
        }
        #expect(world.numbers.idle == 2)
        _ = try world.borrower()
        #expect(world.numbers.idle == 2)
        _ = try world.borrower()
        _ = try world.borrower()
        #expect(world.numbers.idle == 1)
        #expect(world.numbers.total == 4)
    }

    @Test func anOldConnectionIsReplacedWithinItsJitter() throws {
        let world = PoolWorld {
            $0.maximumLifetime = .seconds(1000)
            $0.lifetimeJitter = .seconds(100)
            $0.idleTimeout = nil
        }
        world.release(try world.borrower())
        world.advance(by: .seconds(899))
        #expect(world.living == [1])
        world.advance(by: .seconds(101))
        #expect(world.living == [])
        #expect(world.numbers.destroyed == [.lifetime: 1])
    }

    @Test func anOldConnectionIsNotTakenFromItsBorrower() throws {
        let world = PoolWorld { $0.maximumLifetime = .seconds(1000) }
        let lease = try world.borrower()
        world.advance(by: .seconds(5000))
        #expect(lease.server.isOpen)
        world.release(lease)
        #expect(world.numbers.destroyed == [.lifetime: 1])
        #expect(world.servers[0].log == ["close"])
    }

    @Test func aBusyConnectionDoesNotOutliveItsLifetime() throws {
        let world = PoolWorld {
            $0.maximumConnections = 1
            $0.maximumLifetime = .seconds(100)
        }
        for _ in 0..<50 {
            let lease = try world.borrower()
            world.advance(by: .seconds(9))
            world.release(lease)
        }
        #expect(world.servers.count >= 4)
    }

    @Test func connectionsThatWereOpenedTogetherDoNotEndTogether() {
        let world = PoolWorld {
            $0.maximumConnections = 20
            $0.minimumConnections = 20
            $0.maximumLifetime = .seconds(1000)
        }
        var most = 0
        for _ in 0..<20 {
            let before = world.numbers.destroyed[.lifetime] ?? 0
            world.advance(by: .milliseconds(2500))
            most = max(most, (world.numbers.destroyed[.lifetime] ?? 0) - before)
            if world.clock.now.offset < .seconds(950) { world.advance(by: .seconds(950) - world.clock.now.offset) }
        }
        #expect(world.numbers.destroyed[.lifetime] ?? 0 >= 15)
        #expect(most <= 5)
        #expect(world.numbers.total == 20)
    }

    @Test func whatWasIdleForLongIsCheckedBeforeItIsLent() throws {
        let world = PoolWorld { $0.checkIdleAfter = .seconds(5) }
        world.release(try world.borrower())
        world.advance(by: .milliseconds(4_999))
        world.release(try world.borrower())
        #expect(world.servers[0].log.isEmpty)
        world.advance(by: .seconds(5))
        #expect(try world.borrower().server.number == 1)
        #expect(world.servers[0].log == ["check"])
    }

    @Test func whatFailsItsCheckIsReplacedAndItsCallerServed() throws {
        let world = PoolWorld()
        world.release(try world.borrower())
        world.servers[0].set { $0.check = .bad }
        world.advance(by: .seconds(10))
        #expect(try world.borrower().server.number == 2)
        #expect(world.numbers.destroyed == [.failedCheck: 1])
    }

    @Test func aCheckThatHangsEndsInTime() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        world.release(try world.borrower())
        world.servers[0].set { $0.check = .none }
        world.advance(by: .seconds(10))
        let caller = world.caller()
        world.advance(by: .seconds(5))
        #expect(caller.server == 2)
    }

    @Test func whenTheNetworkIsDeadNotEveryConnectionIsAskedInTurn() throws {
        let world = PoolWorld { $0.maximumConnections = 5 }
        for lease in try (0..<5).map({ _ in try world.borrower() }) { world.release(lease) }
        for server in world.servers { server.set { ($0.check, $0.close) = (.none, .none) } }
        world.advance(by: .seconds(10))
        let caller = world.caller()
        world.advance(by: .seconds(10))
        #expect(caller.server == 6)
        #expect(world.numbers.destroyed == [.failedCheck: 5])
    }

    @Test func withoutCheckNothingIsAsked() throws {
        let world = PoolWorld { $0.checkIdleAfter = nil }
        world.release(try world.borrower())
        world.advance(by: .seconds(599))
        _ = try world.borrower()
        #expect(world.servers[0].log.isEmpty)
    }

    @Test func everyLoanCanBeChecked() throws {
        let world = PoolWorld { $0.checkIdleAfter = .zero }
        for _ in 0..<3 { world.release(try world.borrower()) }
        #expect(world.servers[0].log == ["check", "check"])
    }

    @Test func closingAConnectionOnADeadNetworkEndsInTime() throws {
        let world = PoolWorld {
            $0.maximumConnections = 1
            $0.idleTimeout = .seconds(60)
        }
        world.release(try world.borrower())
        world.servers[0].set { $0.close = .none }
        world.advance(by: .seconds(60))
        #expect(world.numbers.closing == 1)
        let caller = world.caller()
        #expect(caller.isWaiting)
        world.advance(by: .seconds(5))
        #expect(caller.server == 2)
        #expect(world.servers[0].log == ["close", "abort"])
    }
}
