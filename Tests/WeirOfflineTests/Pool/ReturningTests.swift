import PGSession
import Testing
import Weir

@Suite("Releasing a connection to its pool")
struct ReturningTests {
    @Test func `A clean connection is not reset`() throws {
        let world = PoolWorld()
        world.release(try world.borrower())
        #expect(world.servers[0].log.isEmpty)
    }

    @Test func `A changed connection is reset before the next lease`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        lease.server.set { ($0.isClean, $0.reset) = (false, .none) }
        world.release(lease)
        let caller = world.caller()
        #expect(world.servers[0].log == ["reset"])
        #expect(caller.isWaiting)
        #expect(world.numbers.testing == 1)
    }

    @Test func `A connection is leased again after its reset`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        lease.server.set { $0.isClean = false }
        let caller = world.caller()
        world.release(lease)
        #expect(caller.server == 1)
        #expect(world.servers[0].log == ["reset"])
    }

    @Test func `A connection is reset every time if the policy says so`() throws {
        let world = PoolWorld { $0.resetPolicy = .discardAll }
        for _ in 0..<3 { world.release(try world.borrower()) }
        #expect(world.servers[0].log == ["reset", "reset", "reset"])
    }

    @Test func `A connection that cannot be reset is replaced`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        lease.server.set { ($0.isClean, $0.reset) = (false, .bad) }
        let caller = world.caller()
        world.release(lease)
        #expect(caller.server == 2)
        #expect(world.numbers.destroyed == [.failedReset: 1])
        #expect(!world.servers[0].isOpen)
    }

    @Test func `A connection whose reset takes too long is replaced`() throws {
        let world = PoolWorld {
            $0.maximumConnections = 1
            $0.checkTimeout = .seconds(3)
        }
        let lease = try world.borrower()
        lease.server.set { ($0.isClean, $0.reset) = (false, .none) }
        let caller = world.caller()
        world.release(lease)
        world.advance(by: .milliseconds(2_999))
        #expect(caller.isWaiting)
        world.advance(by: .milliseconds(1))
        #expect(caller.server == 2)
        #expect(world.numbers.destroyed == [.failedReset: 1])
    }

    @Test func `A connection that broke while leased is discarded`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        lease.server.dieSilently()
        let caller = world.caller()
        world.release(lease)
        #expect(caller.server == 2)
        #expect(world.numbers.destroyed == [.lost: 1])
    }

    @Test func `A connection that breaks while leased makes room at once`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        let caller = world.caller()
        world.kill(lease.server)
        #expect(caller.server == 2)
        world.release(lease)
        #expect(world.numbers.inUse == 1)
        #expect(world.numbers.total == 1)
    }

    @Test(arguments: ["25006", "57P01", "57P02", "57P03", "08006", "08003"])
    func `An error that shows a changed server makes the pool check its other connections`(state: String) throws {
        let world = PoolWorld { $0.maximumConnections = 3 }
        let leases = try (0..<3).map { _ in try world.borrower() }
        world.release(leases[0])
        var error = PostgresError(.server, "cannot execute INSERT in a read-only transaction")
        error.server = ServerError(sqlState: state)
        leases[1].observe(error)
        world.release(leases[1])
        // It is itself checked at once; idle ones when next leased, leased ones when they are released.
        #expect(world.servers.map(\.log) == [[], ["reset", "check role"], []])
        world.release(leases[2])
        #expect(world.servers[2].log == ["reset", "check role"])
        world.servers[0].set { $0.check = .bad }
        let next = try (0..<3).map { _ in try world.borrower().server.number }
        #expect(world.servers[0].log == ["check role", "abort"])
        #expect(next == [3, 2, 4])
    }

    @Test(arguments: ["23505", "40001", "42601", "57014"])
    func `An ordinary error does not make the pool check other connections`(state: String) throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        var error = PostgresError(.server, "duplicate key")
        error.server = ServerError(sqlState: state)
        lease.observe(error)
        world.release(lease)
        #expect(world.servers[0].log.isEmpty)
    }

    @Test func `A suspected connection is checked once`() throws {
        let world = PoolWorld()
        let leases = [try world.borrower(), try world.borrower()]
        world.kill(leases[0].server)
        world.release(leases[0])
        world.release(leases[1])
        world.release(try world.borrower())
        #expect(world.servers[1].log == ["reset", "check role"])
    }
}
