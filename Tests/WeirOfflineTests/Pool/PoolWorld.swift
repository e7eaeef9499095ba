import CoreMetrics
import Logging
import PGConnInfo
import Synchronization
import Weir
import WeirTestSupport

/// A pool of fake connections with a manual clock, and its callers.
final class PoolWorld: Sendable {
    /// The outcome of an attempt to connect.
    enum Opening: Sendable {
        case succeeds(after: Duration)
        case fails(PostgresError, after: Duration)
        /// It never ends unless it is cancelled.
        case hangs

        static let works = Self.succeeds(after: .zero)
        static let isDown = Self.fails(PostgresError(.connectFailed, "connection refused"), after: .zero)
        static let refuses = Self.fails(PostgresError(.refused, "password authentication failed"), after: .zero)
    }

    struct State {
        var opening = Opening.works
        /// The outcome of preparing a new connection.
        var preparing = FakeConnection.Answer.good
        var servers: [FakeConnection] = []
        /// When attempts to connect began, since the beginning.
        var attempts: [Duration] = []
        /// Attempts that were cancelled.
        var stopped = 0
    }

    let executor: SteppingExecutor
    let clock: SteppingClock
    let driver: PoolDriver<FakeConnection, SteppingClock>
    let log = RecordedLog()
    let metrics = RecordedMetrics()
    private let state: PoolWorldState

    /// The pool of these settings; `member` as for ``PoolDriver``, and `other` is a world to share the clock with.
    init(
        member: Int = 0, seed: UInt64 = 1, beside other: PoolWorld? = nil, opening: Opening = .works,
        _ change: (inout PostgresPool.Configuration) -> Void = { _ in }
    ) {
        let (executor, clock) = (other?.executor ?? SteppingExecutor(), other?.clock ?? SteppingClock())
        var settings = PostgresPool.Configuration(connection: ConnectionString([]))
        settings.maximumConnections = 2
        settings.idleTransactionThreshold = nil
        change(&settings)
        let state = PoolWorldState(opening)
        (self.executor, self.clock, self.state) = (executor, clock, state)
        driver = PoolDriver(
            settings, member: member,
            observer: PoolObserver(pool: "test", logger: log.logger, factory: metrics), clock: clock, seed: seed,
            executor: executor
        ) { () async throws(PostgresError) in try await state.open(clock) }
        driver.start()
        settle()
    }

    var servers: [FakeConnection] { state.state.withLock { $0.servers } }
    var attempts: [Duration] { state.state.withLock { $0.attempts } }
    var stopped: Int { state.state.withLock { $0.stopped } }
    var numbers: PoolStatistics { driver.statistics }
    /// Servers that are open as far as they know.
    var living: [Int] { servers.filter(\.isOpen).map(\.number) }

    func set(_ opening: Opening) { state.state.withLock { $0.opening = opening } }

    func set(preparing: FakeConnection.Answer) { state.state.withLock { $0.preparing = preparing } }

    func settle() { executor.settle() }

    /// Lets time pass, stopping at each time at which a task wakes up.
    func advance(by duration: Duration) {
        settle()
        let end = clock.now.advanced(by: duration)
        while let next = clock.next, next <= end {
            clock.set(next)
            settle()
        }
        clock.set(end)
        settle()
    }

    // MARK: Callers

    /// A caller that asks for a connection, run until it has to wait.
    func caller(timeout: Duration? = nil, line: Int = #line) -> Caller {
        let caller = Caller(start(timeout: timeout, line: line))
        settle()
        return caller
    }

    private func start(timeout: Duration?, line: Int) -> (Task<Void, Never>, Caller.Box) {
        let (driver, box) = (driver, Caller.Box())
        let task = Task(executorPreference: executor) {
            do throws(PostgresError) {
                let lease = try await driver.acquire(
                    timeout: timeout, origin: SourceLocation(file: "App/Orders.swift", line: line))
                box.value.withLock { $0 = .success(lease) }
            } catch {
                box.value.withLock { $0 = .failure(error) }
            }
        }
        return (task, box)
    }

    /// A caller that has a connection.
    func borrower(line: Int = #line) throws -> Lease<FakeConnection> { try caller(line: line).result() }

    /// Runs a task as far as it goes without advancing the clock.
    func run(_ body: @escaping @Sendable () async -> Void) -> Job {
        let job = Job()
        Task(executorPreference: executor) {
            await body()
            job.isDone.withLock { $0 = true }
        }
        settle()
        return job
    }

    func release(_ lease: Lease<FakeConnection>) {
        driver.release(lease)
        settle()
    }

    func kill(_ server: FakeConnection) {
        server.die()
        settle()
    }

    /// A task that does something with the pool.
    final class Job: Sendable {
        let isDone = Mutex(false)
        var hasEnded: Bool { isDone.withLock { $0 } }
    }

    /// A task that asks for a connection.
    struct Caller {
        final class Box: Sendable { let value = Mutex<Result<Lease<FakeConnection>, PostgresError>?>(nil) }

        private let task: Task<Void, Never>
        private let box: Box

        init(_ parts: (Task<Void, Never>, Box)) { (task, box) = parts }

        var outcome: Result<Lease<FakeConnection>, PostgresError>? { box.value.withLock { $0 } }
        var isWaiting: Bool { outcome == nil }
        var lease: Lease<FakeConnection>? { try? outcome?.get() }
        var server: Int? { lease?.server.number }
        var error: PostgresError? { if case .failure(let error) = outcome { error } else { nil } }

        struct StillWaiting: Error {}
        func result() throws -> Lease<FakeConnection> {
            guard let outcome else { throw StillWaiting() }
            return try outcome.get()
        }

        func cancel() { task.cancel() }
    }
}

/// What the world does when the pool opens a connection.
final class PoolWorldState: Sendable {
    let state: Mutex<PoolWorld.State>

    init(_ opening: PoolWorld.Opening) { state = Mutex(PoolWorld.State(opening: opening)) }

    func open(_ clock: SteppingClock) async throws(PostgresError) -> FakeConnection {
        let opening = state.withLock { state in
            state.attempts.append(clock.now.offset)
            return state.opening
        }
        do {
            switch opening {
            case .succeeds(let delay): if delay > .zero { try await clock.sleep(for: delay) }
            case .fails(let error, let delay):
                if delay > .zero { try await clock.sleep(for: delay) }
                throw error
            case .hangs: try await clock.sleep(for: .seconds(1_000_000))
            }
        } catch {
            if let error = error as? PostgresError { throw error }
            state.withLock { $0.stopped += 1 }
            throw PostgresError(.cancelled, "not wanted any more")
        }
        return state.withLock { state in
            let server = FakeConnection(number: state.servers.count + 1, prepare: state.preparing)
            state.servers.append(server)
            return server
        }
    }
}
