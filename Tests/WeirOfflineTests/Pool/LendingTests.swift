import Testing
import Weir

@Suite("Acquiring connections from a pool")
struct LendingTests {
    @Test func `No connection is opened before a caller asks for one`() {
        let world = PoolWorld()
        #expect(world.attempts.isEmpty)
        #expect(world.numbers.total == 0)
    }

    @Test func `The first caller gets a connection opened for it`() throws {
        let world = PoolWorld()
        #expect(try world.borrower().server.number == 1)
        #expect(world.numbers.inUse == 1)
    }

    @Test func `A released connection is used again`() throws {
        let world = PoolWorld()
        for _ in 0..<10 { world.release(try world.borrower()) }
        #expect(world.servers.count == 1)
        #expect(world.numbers.acquired == 10)
        #expect(world.numbers.created == 1)
    }

    @Test func `The connection released last is leased first`() throws {
        let world = PoolWorld { $0.maximumConnections = 3 }
        let leases = try (0..<3).map { _ in try world.borrower() }
        for lease in leases { world.release(lease) }
        #expect(try world.borrower().server.number == 3)
        #expect(try world.borrower().server.number == 2)
    }

    @Test func `The pool never exceeds its maximum`() throws {
        let world = PoolWorld { $0.maximumConnections = 3 }
        let callers = (0..<10).map { _ in world.caller() }
        #expect(callers.filter { !$0.isWaiting }.count == 3)
        #expect(world.attempts.count == 3)
        #expect(world.numbers.waiting == 7)
    }

    @Test func `Callers are served in the order they came`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        var lease = try world.borrower()
        let callers = (0..<5).map { _ in world.caller() }
        for (index, caller) in callers.enumerated() {
            world.release(lease)
            lease = try caller.result()
            #expect(callers.dropFirst(index + 1).allSatisfy { $0.isWaiting })
        }
    }

    @Test func `A new caller does not overtake waiting ones`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        let early = world.caller()
        // Released and requested in one call, without the waiting task being scheduled in between.
        world.driver.release(lease)
        let late = world.caller()
        #expect(!early.isWaiting)
        #expect(late.isWaiting)
    }

    @Test func `The acquire timeout names the holders of the connections`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower(line: 52)
        world.advance(by: .seconds(11))
        let (caller, other) = (world.caller(line: 60), world.caller())
        world.advance(by: .milliseconds(29_999))
        #expect(caller.isWaiting)
        world.advance(by: .milliseconds(1))
        let error = try #require(caller.error)
        #expect(error.code == .acquireTimeout)
        #expect(error.origin?.line == 60)
        #expect(
            error.message == "no connection was free within 30 s: 1 of 1 connections in use, the longest for 41 s by "
                + "App/Orders.swift:52; 2 waiting")
        #expect(other.error?.message.contains("; 1 waiting") == true)
        #expect(world.numbers.timeouts == 2)
        world.release(lease)
        #expect(world.numbers.idle == 1)
    }

    @Test func `Each caller has its own timeout`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        let (long, short) = (world.caller(timeout: .seconds(9)), world.caller(timeout: .seconds(2)))
        world.advance(by: .seconds(2))
        #expect(long.isWaiting)
        #expect(short.error?.code == .acquireTimeout)
        world.release(lease)
        #expect(long.lease != nil)
    }

    @Test func `A caller with a zero timeout does not wait`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        // Nothing is open yet, but the attempt is made.
        #expect(world.caller(timeout: .zero).error?.code == .acquireTimeout)
        let lease = try #require(world.caller(timeout: .zero).lease)
        #expect(world.caller(timeout: .seconds(-1)).error?.code == .acquireTimeout)
        world.release(lease)
    }

    @Test func `Without an acquire timeout a caller waits indefinitely`() throws {
        let world = PoolWorld {
            $0.maximumConnections = 1
            $0.acquireTimeout = nil
        }
        let lease = try world.borrower()
        let caller = world.caller()
        world.advance(by: .seconds(1_000_000))
        #expect(caller.isWaiting)
        world.release(lease)
        #expect(caller.lease != nil)
    }

    @Test(arguments: [Duration.noLimit, .seconds(Int64.max), .nanoseconds(Int64.max), .seconds(200 * 365 * 86_400)])
    func `A single call can wait without a limit`(timeout: Duration) throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        let caller = world.caller(timeout: timeout)
        world.advance(by: .seconds(1_000_000))
        #expect(caller.isWaiting)
        world.release(lease)
        #expect(caller.lease != nil)
    }

    @Test func `Every time limit of a pool can be unlimited`() throws {
        let world = PoolWorld(opening: .isDown) {
            $0.minimumConnections = 1
            ($0.acquireTimeout, $0.idleTimeout, $0.maximumLifetime) = (.noLimit, .noLimit, .noLimit)
            ($0.lifetimeJitter, $0.checkIdleAfter, $0.checkTimeout) = (.noLimit, .noLimit, .noLimit)
            ($0.leakThreshold, $0.idleTransactionThreshold) = (.noLimit, .noLimit)
            ($0.maximumRetryDelay, $0.metricsInterval) = (.noLimit, .noLimit)
            $0.retryDelay = .milliseconds(10)
            $0.prepareConnection = { _ in }
        }
        let first = world.caller()
        world.advance(by: .seconds(100))
        world.set(.works)
        world.advance(by: .seconds(1000))
        let lease = try first.result()
        lease.server.set { $0.isClean = false }
        world.advance(by: .seconds(1_000_000))
        world.release(lease)
        world.advance(by: .seconds(1_000_000))
        #expect(world.numbers.idle == 1)
        let driver = world.driver
        #expect(world.run { await driver.close(within: .noLimit) }.hasEnded)
    }

    @Test func `Callers beyond the maximum of waiters are refused at once`() throws {
        let world = PoolWorld {
            $0.maximumConnections = 1
            $0.maximumWaiters = 2
        }
        let lease = try world.borrower()
        let callers = (0..<3).map { _ in world.caller() }
        #expect(callers.map(\.isWaiting) == [true, true, false])
        #expect(callers[2].error?.code == .acquireTimeout)
        #expect(callers[2].error?.message.contains("maximumWaiters") == true)
        #expect(world.numbers.refused == 1)
        world.release(lease)
        #expect(callers[0].lease != nil)
    }

    @Test func `A cancelled caller leaves the queue`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        let (first, second) = (world.caller(), world.caller())
        first.cancel()
        world.settle()
        #expect(first.error?.code == .cancelled)
        #expect(world.numbers.waiting == 1)
        #expect(world.numbers.cancellations == 1)
        world.release(lease)
        #expect(second.lease != nil)
    }

    @Test func `A connection assigned to a cancelled task is not lost`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        let (first, second) = (world.caller(), world.caller())
        // The lease is on its way to `first` when that is cancelled.
        world.driver.release(lease)
        first.cancel()
        world.settle()
        let late = try first.result()
        #expect(second.isWaiting)
        world.release(late)
        #expect(second.lease != nil)
    }

    @Test func `Cancelling a caller keeps the connection that is being opened for it`() throws {
        let world = PoolWorld(opening: .succeeds(after: .seconds(1)))
        let caller = world.caller()
        caller.cancel()
        world.settle()
        #expect(caller.error?.code == .cancelled)
        world.advance(by: .seconds(1))
        #expect(world.numbers.idle == 1)
        #expect(try world.borrower().server.number == 1)
    }

    @Test func `An already cancelled task acquires nothing`() {
        let world = PoolWorld()
        let job = world.run {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            await #expect(throws: PostgresError.self) {
                _ = try await world.driver.acquire(timeout: nil, origin: SourceLocation(file: "", line: 0))
            }
        }
        #expect(job.hasEnded)
        #expect(world.attempts.isEmpty)
    }

    @Test func `Releasing a lease twice has no effect`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        #expect(lease.isActive)
        world.release(lease)
        #expect(!lease.isActive)
        let next = try world.borrower()
        world.release(lease)
        #expect(next.isActive)
        #expect(world.numbers.inUse == 1)
        #expect(world.caller(timeout: .zero).error?.code == .acquireTimeout)
    }

    @Test func `Two connections serve a thousand waiting callers in order`() throws {
        let world = PoolWorld()
        var held = [try world.borrower(), try world.borrower()]
        let callers = (0..<1000).map { _ in world.caller() }
        for caller in callers {
            world.release(held.removeFirst())
            held.append(try caller.result())
        }
        #expect(world.numbers.waiting == 0)
        #expect(world.numbers.acquired == 1002)
        #expect(world.numbers.waited == 1002)
        #expect(world.servers.count == 2)
    }

    @Test func `Timeouts leave no timers running`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        for _ in 0..<200 {
            let caller = world.caller(timeout: .seconds(60))
            caller.cancel()
            world.settle()
        }
        #expect(world.clock.sleepers <= 1)
        world.release(lease)
    }
}
