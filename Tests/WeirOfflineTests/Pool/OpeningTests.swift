import Foundation
import Testing
import Weir
import WeirTestSupport

@Suite("Opening connections for a pool")
struct OpeningTests {
    @Test func `An unreachable server is retried until the caller times out`() throws {
        let world = PoolWorld(opening: .isDown)
        let caller = world.caller(timeout: .seconds(5))
        world.advance(by: .seconds(4))
        #expect(caller.isWaiting)
        #expect(world.attempts.count > 3)
        world.advance(by: .seconds(1))
        let error = try #require(caller.error)
        #expect(error.code == .acquireTimeout)
        #expect(error.message.contains("the last attempt to connect failed"))
        #expect(error.message.contains("connection refused"))
        #expect((error.underlying as? PostgresError)?.code == .connectFailed)
        #expect("\(error)".components(separatedBy: "connection refused").count == 2, "said twice:\n\(error)")
    }

    @Test func `Waiting callers are served when the server is back`() {
        let world = PoolWorld(opening: .isDown)
        let callers = (0..<2).map { _ in world.caller() }
        world.advance(by: .seconds(3))
        world.set(.works)
        world.advance(by: .seconds(3))
        #expect(callers.allSatisfy { $0.lease != nil })
        #expect(world.numbers.connectFailures > 0)
    }

    @Test func `The delay between attempts grows, with jitter`() {
        let world = PoolWorld(opening: .isDown) { $0.acquireTimeout = nil }
        _ = world.caller()
        world.advance(by: .seconds(120))
        let gaps = zip(world.attempts, world.attempts.dropFirst()).map { $1 - $0 }
        var due = Duration.milliseconds(100)
        for gap in gaps {
            #expect(gap >= due / 2 && gap <= due)
            due = min(due * 2, .seconds(10))
        }
        #expect(due == .seconds(10))
        #expect(Set(gaps.suffix(5)).count == 5, "no jitter")
    }

    @Test func `Two pools that fail together do not retry together`() {
        let attempts = (1...2).map { seed in
            let world = PoolWorld(seed: UInt64(seed), opening: .isDown) { $0.acquireTimeout = nil }
            _ = world.caller()
            world.advance(by: .seconds(60))
            return world.attempts
        }
        #expect(attempts[0].dropFirst() != attempts[1].dropFirst())
    }

    /// A pool whose server has been down for so long that attempts are far apart, just after one of them.
    private func worldAfterAnOutage() -> PoolWorld {
        let world = PoolWorld(opening: .isDown)
        let patient = world.caller(timeout: .noLimit)
        world.advance(by: .seconds(120))
        let count = world.attempts.count
        while world.attempts.count == count { world.advance(by: .milliseconds(100)) }
        patient.cancel()
        world.settle()
        return world
    }

    @Test func `A caller with a short timeout does not spend it in the retry delay`() {
        let world = worldAfterAnOutage()
        world.set(.works)
        let caller = world.caller(timeout: .seconds(2))
        world.advance(by: .seconds(1))
        #expect(caller.lease != nil)
    }

    @Test func `A caller that comes long after a failure is served at once`() {
        let world = worldAfterAnOutage()
        world.set(.works)
        world.advance(by: .milliseconds(1500))
        #expect(world.caller(timeout: .seconds(2)).lease != nil)
    }

    @Test func `Callers with short timeouts cause no more attempts than necessary`() {
        let world = worldAfterAnOutage()
        var count = world.attempts.count
        for _ in 0..<200 {
            _ = world.caller(timeout: .seconds(2))
            world.advance(by: .milliseconds(50))
        }
        // Ten seconds.
        #expect((9...10).contains(world.attempts.count - count))
        count = world.attempts.count
        for _ in 0..<200 {
            _ = world.caller(timeout: .zero)
            world.advance(by: .milliseconds(10))
        }
        // Two seconds.
        #expect((15...20).contains(world.attempts.count - count))
        count = world.attempts.count
        for _ in 0..<200 {
            _ = world.caller()
            world.advance(by: .milliseconds(50))
        }
        #expect(world.attempts.count - count <= 2)
    }

    @Test func `Short timeouts do not make the pool retry a wrong password more often`() {
        let world = PoolWorld(opening: .refuses)
        for _ in 0..<1000 {
            _ = world.caller(timeout: .zero)
            world.advance(by: .milliseconds(100))
        }
        let count = world.attempts.count
        for _ in 0..<100 {
            _ = world.caller(timeout: .zero)
            world.advance(by: .milliseconds(100))
        }
        #expect(world.attempts.count - count <= 2)
    }

    @Test func `A new connection is prepared once before it is leased`() throws {
        let world = PoolWorld { $0.prepareConnection = { _ in } }
        let lease = try world.borrower()
        #expect(lease.server.log == ["prepare"])
        world.release(lease)
        world.release(try world.borrower())
        #expect(lease.server.log == ["prepare"])
    }

    @Test func `A connection whose preparation fails is closed and counts as a failed attempt`() throws {
        let world = PoolWorld { $0.prepareConnection = { _ in } }
        world.set(preparing: .bad)
        let caller = world.caller(timeout: .seconds(2))
        world.advance(by: .seconds(1))
        #expect(world.living == [])
        #expect(world.numbers.connectFailures > 1)
        #expect(world.numbers.created == 0)
        #expect(world.numbers.lastError == "not prepared")
        world.set(preparing: .good)
        world.advance(by: .seconds(1))
        #expect(caller.lease != nil)
        #expect(world.numbers.lastError == nil)
    }

    @Test func `Preparing a connection is limited by the check timeout`() throws {
        let world = PoolWorld {
            $0.prepareConnection = { _ in }
            $0.checkTimeout = .seconds(3)
        }
        world.set(preparing: .none)
        let caller = world.caller(timeout: .seconds(10))
        world.advance(by: .milliseconds(2999))
        #expect(world.living == [1])
        world.set(preparing: .good)
        world.advance(by: .milliseconds(201))
        #expect(world.servers.first?.log == ["prepare", "abort"])
        #expect(caller.server == 2)
        #expect(world.log.warnings.first?.contains("took longer than 3 s") == true)
    }

    @Test func `A successful attempt resets the retry delay`() throws {
        let world = PoolWorld(opening: .isDown) { $0.maximumConnections = 1 }
        let caller = world.caller()
        world.advance(by: .seconds(20))
        world.set(.works)
        world.advance(by: .seconds(10))
        let lease = try caller.result()
        world.set(.isDown)
        world.kill(lease.server)
        world.release(lease)
        let count = world.attempts.count
        _ = world.caller()
        world.advance(by: .milliseconds(100))
        #expect(world.attempts.count == count + 2)
    }

    @Test func `While connecting fails the pool makes one attempt at a time`() {
        let world = PoolWorld(opening: .fails(PostgresError(.connectFailed, "timeout"), after: .seconds(1))) {
            $0.maximumConnections = 10
        }
        _ = (0..<10).map { _ in world.caller() }
        #expect(world.attempts.count == 10)
        world.advance(by: .seconds(1))
        for _ in 0..<50 {
            world.advance(by: .milliseconds(300))
            #expect(world.numbers.connecting <= 1)
        }
    }

    @Test(arguments: [PostgresError.Code.refused, .tls, .configuration, .authentication])
    func `A permanent failure fails all waiting callers at once`(code: PostgresError.Code) {
        let world = PoolWorld(opening: .fails(PostgresError(code, "no"), after: .milliseconds(10)))
        let callers = (1...5).map { world.caller(line: $0) }
        world.advance(by: .milliseconds(10))
        #expect(callers.map { $0.error?.code } == Array(repeating: code, count: 5))
        #expect(callers.map { $0.error?.origin?.line } == [1, 2, 3, 4, 5])
    }

    @Test func `A wrong password is not retried for every caller`() {
        let world = PoolWorld(opening: .refuses)
        let callers = (0..<20).map { _ in world.caller() }
        #expect(callers.allSatisfy { $0.error?.code == .refused })
        #expect(world.attempts.count == 1)
    }

    @Test func `The next attempt uses a corrected password`() {
        let world = PoolWorld(opening: .refuses)
        #expect(world.caller().error?.code == .refused)
        world.set(.works)
        world.advance(by: .milliseconds(100))
        #expect(world.caller().lease != nil)
    }

    @Test func `A refused connection does not fail callers that can still be served`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        world.set(.refuses)
        let caller = world.caller()
        #expect(caller.isWaiting)
        world.release(lease)
        #expect(caller.lease != nil)
    }

    @Test func `A connection opened too late for its caller serves the next one`() throws {
        let world = PoolWorld(opening: .succeeds(after: .seconds(5)))
        let caller = world.caller(timeout: .seconds(1))
        world.advance(by: .seconds(1))
        #expect(caller.error?.message.contains("1 being opened") == true)
        world.advance(by: .seconds(4))
        #expect(world.numbers.idle == 1)
    }

    @Test func `A caller takes a released connection instead of waiting for a new one`() throws {
        let world = PoolWorld()
        let lease = try world.borrower()
        world.set(.hangs)
        let caller = world.caller()
        world.release(lease)
        #expect(caller.server == 1)
    }

    @Test func `Connection attempts that hang do not exceed the maximum`() {
        let world = PoolWorld(opening: .hangs) { $0.maximumConnections = 3 }
        let callers = (0..<20).map { _ in world.caller() }
        world.advance(by: .seconds(300))
        #expect(callers.allSatisfy { $0.error?.code == .acquireTimeout })
        #expect(world.attempts.count == 3)
    }

    @Test func `A connection that closed unnoticed is never leased`() throws {
        let world = PoolWorld()
        let leases = [try world.borrower(), try world.borrower()]
        for lease in leases { world.release(lease) }
        for server in world.servers { server.dieSilently() }
        #expect(try world.borrower().server.number == 3)
        #expect(world.numbers.destroyed == [.lost: 1, .failedCheck: 1])
        #expect(world.numbers.acquired == 3)
    }

    @Test func `A caller that was assigned a closed connection keeps its place`() throws {
        let world = PoolWorld { $0.maximumConnections = 1 }
        let lease = try world.borrower()
        let (first, second) = (world.caller(), world.caller())
        world.driver.release(lease)
        world.servers[0].dieSilently()
        world.settle()
        #expect(first.server == 2)
        #expect(second.isWaiting)
    }
}
