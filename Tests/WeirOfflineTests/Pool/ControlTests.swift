import Testing
import Weir

@Suite("Pausing, draining, resizing and closing a pool")
struct ControlTests {
    @Test func `Raising the maximum serves waiting callers`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        _ = try world.borrower()
        let callers = (0..<3).map { _ in world.caller() }
        world.driver.resize(minimum: nil, maximum: 3)
        world.settle()
        #expect(callers.map(\.isWaiting) == [false, false, true])
        #expect(world.numbers.maximum == 3)
    }

    @Test func `Lowering the maximum closes idle connections at once and the others on release`() throws {
        let world = PoolWorld { $0.maximumConnections = 4 }
        let leases = try (0..<4).map { _ in try world.borrower() }
        world.release(leases[0])
        world.driver.resize(minimum: nil, maximum: 1)
        world.settle()
        #expect(world.numbers.total == 3)
        for lease in leases { world.release(lease) }
        #expect(world.numbers.total == 1)
        #expect(world.numbers.destroyed == [.resized: 3])
    }

    @Test func `Raising the minimum opens connections`() {
        let world = PoolWorld { $0.maximumConnections = 1 }
        world.driver.resize(minimum: 3, maximum: 5)
        world.settle()
        #expect(world.numbers.idle == 3)
    }

    @Test func `The minimum never exceeds the maximum`() {
        let world = PoolWorld {
            $0.maximumConnections = 5
            $0.minimumConnections = 5
        }
        world.driver.resize(minimum: nil, maximum: 2)
        world.settle()
        #expect(world.numbers.total == 2)
    }

    @Test func `An expired connection is replaced when it is released`() throws {
        let world = PoolWorld { $0.maximumConnections = 3 }
        let (held, idle) = (try world.borrower(), try world.borrower())
        world.release(idle)
        world.driver.expire()
        world.settle()
        #expect(world.living == [1])
        #expect(try world.borrower().server.number == 3)
        world.release(held)
        #expect(world.living == [3])
        #expect(world.numbers.destroyed == [.expired: 2])
    }

    @Test func `A connection that is being opened expires too`() throws {
        let world = PoolWorld(opening: .succeeds(after: .seconds(1)))
        let caller = world.caller()
        world.driver.expire()
        world.settle()
        #expect(world.stopped == 1)
        world.advance(by: .seconds(1))
        #expect(caller.lease != nil)
        #expect(world.numbers.connectFailures == 0)
    }

    @Test func `Draining ends when the last old connection is closed`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        let job = world.run { await world.driver.drain() }
        let newer = try world.borrower()
        #expect(!job.hasEnded)
        world.release(lease)
        #expect(job.hasEnded)
        #expect(newer.server.isOpen)
    }

    @Test func `Draining an empty pool ends at once`() {
        let world = PoolWorld()
        #expect(world.run { await world.driver.drain() }.hasEnded)
    }

    @Test func `A paused pool leases nothing and closes all its connections`() throws {
        let world = PoolWorld()
        let (held, idle) = (try world.borrower(), try world.borrower())
        world.release(idle)
        let job = world.run { await world.driver.pause() }
        let caller = world.caller()
        #expect(!job.hasEnded)
        #expect(world.living == [1])
        world.release(held)
        #expect(job.hasEnded)
        #expect(world.living == [])
        #expect(caller.isWaiting)
        #expect(world.numbers.isPaused)
        world.driver.resume()
        world.settle()
        #expect(caller.server == 3)
    }

    @Test func `A caller that times out on a paused pool learns that it is paused`() {
        let world = PoolWorld()
        _ = world.run { await world.driver.pause() }
        let caller = world.caller()
        world.advance(by: .seconds(30))
        #expect(caller.error?.message.contains("the pool is paused") == true)
        #expect(world.attempts.isEmpty)
    }

    @Test func `Resuming ends a pause that was not complete`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        let job = world.run { await world.driver.pause() }
        world.driver.resume()
        world.settle()
        #expect(job.hasEnded)
        world.release(lease)
        #expect(world.living == [1])
    }

    @Test func `Closing waits for leased connections and refuses new callers`() throws {
        let world = PoolWorld { $0.maximumConnections = 2 }
        let (held, idle) = (try world.borrower(), try world.borrower())
        let waiting = world.caller()
        #expect(waiting.isWaiting)
        let job = world.run { await world.driver.close(within: .seconds(30)) }
        #expect(waiting.error?.code == .poolClosed)
        #expect(world.caller().error?.code == .poolClosed)
        world.release(idle)
        world.advance(by: .seconds(10))
        #expect(!job.hasEnded)
        #expect(held.server.isOpen)
        world.release(held)
        #expect(job.hasEnded)
        #expect(world.living == [])
        #expect(world.numbers.destroyed == [.closed: 2])
        #expect(world.clock.sleepers == 0)
    }

    @Test func `Closing aborts connections that are not released in time`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        let job = world.run { await world.driver.close(within: .seconds(30)) }
        world.advance(by: .seconds(30))
        #expect(job.hasEnded)
        #expect(!lease.server.isOpen)
        #expect(lease.server.log == ["abort"])
        world.release(lease)
    }

    @Test func `Closing does not wait for a connection attempt that hangs`() {
        let world = PoolWorld(opening: .hangs)
        let caller = world.caller()
        let job = world.run { await world.driver.close(within: .seconds(30)) }
        #expect(job.hasEnded)
        #expect(caller.error?.code == .poolClosed)
        #expect(world.stopped == 1)
    }

    @Test func `A pool that cannot connect can be closed`() {
        let world = PoolWorld(opening: .isDown) { $0.minimumConnections = 2 }
        world.advance(by: .seconds(5))
        #expect(world.run { await world.driver.close(within: .seconds(30)) }.hasEnded)
        let count = world.attempts.count
        world.advance(by: .seconds(100))
        #expect(world.attempts.count == count)
    }

    @Test func `Two tasks can close the same pool`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        let jobs = (0..<3).map { _ in world.run { await world.driver.close(within: .seconds(30)) } }
        world.release(lease)
        #expect(jobs.allSatisfy { $0.hasEnded })
        #expect(world.run { await world.driver.close(within: .zero) }.hasEnded)
    }

    @Test func `A second close can shorten the time limit`() throws {
        let world = PoolWorld()
        _ = try world.borrower()
        let patient = world.run { await world.driver.close(within: .seconds(3000)) }
        let hasty = world.run { await world.driver.close(within: .seconds(1)) }
        world.advance(by: .seconds(1))
        #expect(patient.hasEnded && hasty.hasEnded)
    }

    @Test func `Closing an empty pool ends at once`() {
        let world = PoolWorld()
        #expect(world.run { await world.driver.close(within: .seconds(30)) }.hasEnded)
    }

    @Test func `A paused pool can be closed`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        let pause = world.run { await world.driver.pause() }
        let close = world.run { await world.driver.close(within: .seconds(30)) }
        world.release(lease)
        #expect(pause.hasEnded && close.hasEnded)
    }

    @Test func `Resuming a closed pool does not reopen it`() {
        let world = PoolWorld { $0.minimumConnections = 1 }
        #expect(world.run { await world.driver.close(within: .seconds(30)) }.hasEnded)
        world.driver.resume()
        world.settle()
        #expect(world.living == [])
        #expect(world.caller().error?.code == .poolClosed)
    }

    @Test func `Aborting closes connections whose orderly close hangs`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        lease.server.set { $0.close = .none }
        let job = world.run { await world.driver.close(within: .seconds(1)) }
        world.release(lease)
        #expect(!job.hasEnded)
        world.advance(by: .seconds(1))
        #expect(job.hasEnded)
    }

    @Test func `A pool that is deallocated aborts its connections`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        let caller = world.caller(), late = world.caller()
        #expect(world.driver.abandon())
        world.settle()
        #expect(world.living == [])
        #expect(caller.lease != nil && late.error?.code == .poolClosed)
        world.release(lease)
        #expect(!world.driver.abandon())
    }

    @Test func `An unreferenced driver is deallocated`() throws {
        weak var driver: PoolDriver<FakeConnection, SteppingClock>?
        do {
            let world = PoolWorld()
            world.release(try world.borrower())
            driver = world.driver
            #expect(driver != nil)
        }
        #expect(driver == nil)
    }
}
