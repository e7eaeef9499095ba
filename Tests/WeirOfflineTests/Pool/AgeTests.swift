import Testing
import Weir

@Suite("The age of pooled connections")
struct AgeTests {
    @Test func `An unused connection is closed after the idle timeout`() throws {
        let world = PoolWorld { $0.idleTimeout = .seconds(60) }
        world.release(try world.borrower())
        world.advance(by: .milliseconds(59_999))
        #expect(world.numbers.idle == 1)
        world.advance(by: .milliseconds(1))
        #expect(world.numbers.total == 0)
        #expect(world.servers[0].log == ["close"])
        #expect(world.numbers.destroyed == [.idle: 1])
    }

    @Test func `A connection that is used from time to time stays open`() throws {
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

    @Test func `A quiet pool shrinks to the connections it needs`() throws {
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

    @Test func `Without an idle timeout no connection is closed`() throws {
        let world = PoolWorld {
            $0.idleTimeout = nil
            $0.maximumLifetime = nil
        }
        world.release(try world.borrower())
        world.advance(by: .seconds(1_000_000))
        #expect(world.living == [1])
    }

    @Test func `The minimum is opened at once and stays open`() {
        let world = PoolWorld {
            $0.maximumConnections = 5
            $0.minimumConnections = 3
            $0.maximumLifetime = nil
        }
        #expect(world.living == [1, 2, 3])
        world.advance(by: .seconds(3600))
        #expect(world.living == [1, 2, 3])
    }

    @Test func `Broken connections are replaced up to the minimum`() {
        let world = PoolWorld {
            $0.maximumConnections = 5
            $0.minimumConnections = 3
        }
        world.kill(world.servers[0])
        world.kill(world.servers[1])
        #expect(world.living == [3, 4, 5])
    }

    @Test func `The pool retries until it has the minimum`() {
        let world = PoolWorld(opening: .isDown) { $0.minimumConnections = 2 }
        world.advance(by: .seconds(60))
        #expect(world.attempts.count > 8)
        world.set(.works)
        world.advance(by: .seconds(10))
        #expect(world.living == [1, 2])
    }

    @Test func `Idle connections are kept ready in addition to those in use`() throws {
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

    @Test func `An old connection is replaced within its jitter`() throws {
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

    @Test func `An old connection is not closed while it is leased`() throws {
        let world = PoolWorld { $0.maximumLifetime = .seconds(1000) }
        let lease = try world.borrower()
        world.advance(by: .seconds(5000))
        #expect(lease.server.isOpen)
        world.release(lease)
        #expect(world.numbers.destroyed == [.lifetime: 1])
        #expect(world.servers[0].log == ["close"])
    }

    @Test func `A busy connection does not outlive its lifetime`() throws {
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

    @Test func `Connections opened together do not expire together`() {
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

    @Test func `A connection that was idle for long is checked before it is leased`() throws {
        let world = PoolWorld { $0.checkIdleAfter = .seconds(5) }
        world.release(try world.borrower())
        world.advance(by: .milliseconds(4_999))
        world.release(try world.borrower())
        #expect(world.servers[0].log.isEmpty)
        world.advance(by: .seconds(5))
        #expect(try world.borrower().server.number == 1)
        #expect(world.servers[0].log == ["check"])
    }

    @Test func `A connection that fails its check is replaced and the caller is served`() throws {
        let world = PoolWorld()
        world.release(try world.borrower())
        world.servers[0].set { $0.check = .bad }
        world.advance(by: .seconds(10))
        #expect(try world.borrower().server.number == 2)
        #expect(world.numbers.destroyed == [.failedCheck: 1])
    }

    @Test func `A check that hangs ends at its timeout`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        world.release(try world.borrower())
        world.servers[0].set { $0.check = .none }
        world.advance(by: .seconds(10))
        let caller = world.caller()
        world.advance(by: .seconds(5))
        #expect(caller.server == 2)
    }

    @Test func `On a dead network the idle connections are not checked one after the other`() throws {
        let world = PoolWorld { $0.maximumConnections = 5 }
        for lease in try (0..<5).map({ _ in try world.borrower() }) { world.release(lease) }
        for server in world.servers { server.set { ($0.check, $0.close) = (.none, .none) } }
        world.advance(by: .seconds(10))
        let caller = world.caller()
        world.advance(by: .seconds(10))
        #expect(caller.server == 6)
        #expect(world.numbers.destroyed == [.failedCheck: 5])
    }

    @Test func `Without a check interval no connection is checked`() throws {
        let world = PoolWorld { $0.checkIdleAfter = nil }
        world.release(try world.borrower())
        world.advance(by: .seconds(599))
        _ = try world.borrower()
        #expect(world.servers[0].log.isEmpty)
    }

    @Test func `A connection can be checked before every lease`() throws {
        let world = PoolWorld { $0.checkIdleAfter = .zero }
        for _ in 0..<3 { world.release(try world.borrower()) }
        #expect(world.servers[0].log == ["check", "check"])
    }

    @Test func `Closing a connection on a dead network ends at its timeout`() throws {
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
