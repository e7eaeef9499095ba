import Synchronization
import Testing
import Weir
import WeirTestSupport

@Suite("Reading from replicas")
struct ReplicaTests {
    private let primary: PoolWorld
    private let replicas: [PoolWorld]

    init() {
        let world = PoolWorld { $0.maximumConnections = 4 }
        primary = world
        replicas = (1...2).map { member in
            PoolWorld(member: member, beside: world) { $0.maximumConnections = 2 }
        }
    }

    private func reader(timeout: Duration? = nil) -> (PoolWorld.Job, PoolWorld.Caller.Box) {
        let box = PoolWorld.Caller.Box()
        let choice = ReplicaChoice([primary.driver] + replicas.map(\.driver))
        let job = primary.run {
            do throws(PostgresError) {
                let lease = try await choice.acquire(timeout: timeout, origin: SourceLocation(file: "App", line: 1))
                box.value.withLock { $0 = .success(lease) }
            } catch {
                box.value.withLock { $0 = .failure(error) }
            }
        }
        return (job, box)
    }

    private func member(_ reader: (PoolWorld.Job, PoolWorld.Caller.Box)) -> Int? {
        guard case .success(let lease) = reader.1.value.withLock({ $0 }) else { return nil }
        return lease.member
    }

    @Test func `The replica with the fewest connections in use is chosen`() {
        let members = (0..<4).map { _ in member(reader()) }
        #expect(members.sorted { ($0 ?? 0) < ($1 ?? 0) } == [1, 1, 2, 2])
        #expect(primary.attempts.isEmpty)
    }

    @Test func `When a replica is down another one serves the caller without delay`() {
        replicas[0].set(.isDown)
        #expect((0..<2).map { _ in member(reader()) } == [2, 2])
        #expect(primary.attempts.isEmpty)
    }

    @Test func `The primary serves reads when no replica can be reached`() {
        for replica in replicas { replica.set(.isDown) }
        #expect((0..<3).map { _ in member(reader()) } == [0, 0, 0])
    }

    @Test func `A caller waiting for a replica that fails is served by another server`() {
        for replica in replicas {
            replica.set(.fails(PostgresError(.connectFailed, "no route to host"), after: .seconds(2)))
        }
        let reader = reader()
        #expect(member(reader) == nil)
        primary.advance(by: .seconds(4))
        #expect(member(reader) == 0)
    }

    @Test func `One timeout covers all servers that are tried`() throws {
        for replica in replicas {
            replica.set(.fails(PostgresError(.connectFailed, "no route to host"), after: .seconds(2)))
        }
        primary.set(.hangs)
        let reader = reader(timeout: .seconds(5))
        primary.advance(by: .milliseconds(4_999))
        #expect(primary.attempts.count == 1)
        #expect(reader.1.value.withLock { $0 == nil })
        primary.advance(by: .milliseconds(1))
        guard case .failure(let error) = reader.1.value.withLock({ $0 }) else {
            Issue.record("still waiting")
            return
        }
        #expect(error.code == .acquireTimeout)
        #expect(error.message.hasPrefix("no connection was free within 5 s"))
    }

    @Test func `A failed attempt on a replica does not count as an acquire timeout`() {
        for replica in replicas { replica.set(.isDown) }
        _ = reader()
        primary.advance(by: .seconds(1))
        _ = reader()
        let pool = "{db.client.connection.pool.name=test}"
        for replica in replicas {
            #expect(replica.attempts.count == 2)
            #expect(replica.numbers.timeouts == 0)
            #expect(replica.metrics.sum("db.client.connection.timeouts\(pool)") == 0)
        }
    }

    @Test func `A replica that recovers is used again`() {
        for replica in replicas { replica.set(.isDown) }
        _ = reader()
        for replica in replicas { replica.set(.works) }
        for _ in 0..<5 {
            primary.advance(by: .seconds(1))
            _ = reader()
        }
        #expect(replicas.allSatisfy { $0.numbers.total > 0 })
        #expect(member(reader()) != 0)
    }

    @Test func `A replica that is down is not tried for every reader`() {
        for replica in replicas { replica.set(.isDown) }
        for _ in 0..<50 {
            let reader = reader()
            if case .success(let lease) = reader.1.value.withLock({ $0 }) { primary.release(lease) }
        }
        #expect(replicas[0].attempts.count == 1)
    }

    @Test func `Readers wait while all replicas are busy`() throws {
        _ = (0..<4).map { _ in reader() }
        let late = reader(timeout: .seconds(1))
        #expect(member(late) == nil)
        primary.advance(by: .seconds(1))
        guard case .failure(let error) = late.1.value.withLock({ $0 }) else {
            Issue.record("no caller should have been served")
            return
        }
        #expect(error.code == .acquireTimeout)
        #expect(primary.attempts.isEmpty)
    }

    @Test func `A paused replica is skipped`() {
        _ = replicas[0].run { [replicas] in await replicas[0].driver.pause() }
        #expect((0..<2).map { _ in member(reader()) } == [2, 2])
    }

    @Test func `Without replicas reads go to the primary`() {
        let choice = ReplicaChoice([primary.driver])
        let job = primary.run {
            let lease = try? await choice.acquire(timeout: nil, origin: SourceLocation(file: "App", line: 1))
            #expect(lease?.member == 0)
        }
        #expect(job.hasEnded)
    }
}
