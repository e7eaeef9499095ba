import MonotonicTime
import PoolCore
import Synchronization

/// Runs the pool of one server (or of several hosts that replace each other): the only place where its decisions meet
/// connections, tasks and the clock.
///
/// Every entry point takes the lock, reports the event to ``PoolState``, releases the lock, and then performs the
/// effects that the state has returned. Nothing is decided here.
package final class PoolDriver<Server: PoolServer, C: Clock>: Sendable where C.Duration == Duration {
    /// Opens one connection.
    package typealias Opener = @Sendable () async throws(PostgresError) -> Server

    let settings: PostgresPool.Configuration
    let observer: PoolObserver
    private let opener: Opener
    let clock: C
    private let origin: C.Instant
    /// Runs the pool's own tasks; `nil` for the default executor.
    private let executor: (any TaskExecutor)?
    private let state: Mutex<PoolState<Server>>

    /// Creates a pool that opens nothing until a caller acquires a connection, or until ``start()``.
    ///
    /// - Parameters:
    ///   - settings: valid settings.
    ///   - member: the index among several servers: 0 is a primary, whose callers wait while connecting to it fails;
    ///     callers of any other get the failure at once, because there is another server to try.
    ///   - seed: the seed of the random numbers.
    package init(
        _ settings: PostgresPool.Configuration, member: Int = 0, observer: PoolObserver, clock: C, seed: UInt64,
        executor: (any TaskExecutor)? = nil, opener: @escaping Opener
    ) {
        self.settings = settings
        self.observer = observer
        self.opener = opener
        self.clock = clock
        self.executor = executor
        origin = clock.now
        guard let state = PoolState<Server>(settings, member: member, seed: seed) else {
            preconditionFailure("a new group has room for a pool")
        }
        self.state = Mutex(state)
    }

    deinit { state.withLock { $0.timer?.cancel() } }

    /// The current time, counted from the creation of the pool.
    var now: Instant { instant(clock.now) }

    func instant(_ moment: C.Instant) -> Instant {
        Instant(nanoseconds: origin.duration(to: moment).wholeNanoseconds)
    }

    /// Runs `body` under the lock, and performs its effects afterwards.
    func locked<Result: Sendable>(
        _ body: (inout PoolState<Server>, Instant, inout [PoolEffect<Server>]) -> Result
    ) -> Result {
        let now = now
        var effects: [PoolEffect<Server>] = []
        let result = state.withLock { state in
            let result = body(&state, now, &effects)
            setTimer(&state)
            return result
        }
        for effect in effects { perform(effect) }
        return result
    }

    /// A timer that fires early does no harm, so only an earlier deadline replaces it.
    private func setTimer(_ state: inout PoolState<Server>) {
        guard !state.isClosed else {
            state.timer?.cancel()
            state.timer = nil
            return
        }
        let deadline = state.deadline
        guard deadline < state.armedAt else { return }
        state.armedAt = deadline
        state.timer?.cancel()
        let (clock, instant) = (clock, origin.advanced(by: .nanoseconds(deadline.nanoseconds)))
        state.timer = Task(executorPreference: executor) { [weak self] in
            do { try await clock.sleep(until: instant, tolerance: nil) } catch { return }
            self?.timePassed()
        }
    }

    private func timePassed() {
        let watched = locked { state, now, effects in
            state.timePassed(at: now, &effects)
            return state.watched(at: now)
        }
        guard !watched.isEmpty else { return }
        let seen = watched.map { ($0, $0.server.idleTransaction) }
        locked { state, now, effects in
            for (lease, number) in seen { state.watched(lease, number, at: now, &effects) }
        }
    }

    // MARK: Effects

    private func perform(_ effect: PoolEffect<Server>) {
        switch effect {
        case .open(let id): open(id)
        case .stopOpening(let task): task.cancel()
        case .check(let id, let server, let role):
            test(id, server, orElse: .failedCheck) { await server.check(role: role) }
        case .reset(let id, let server, let verify):
            let policy = settings.resetPolicy
            test(id, server, orElse: .failedReset) {
                guard await server.reset(policy) else { return false }
                return verify ? await server.check(role: true) : true
            }
        case .close(let id, let server): close(id, server)
        case .abort(let id, let server):
            server.abort()
            connectionClosed(id)
        case .answer(let caller, let answer): caller.resume(returning: answer)
        case .resume(let waiter): waiter.resume()
        case .report(let report): observer.take(report)
        }
    }

    private func open(_ id: ServerID) {
        let opening = Task(executorPreference: executor) { [opener] in
            do throws(PostgresError) {
                let server = try await opener()
                try await self.prepare(server)
                self.opened(id, server)
            } catch {
                self.locked { state, now, effects in state.openFailed(id, error, at: now, &effects) }
            }
        }
        if state.withLock({ $0.setOpening(opening, for: id) }) { opening.cancel() }
    }

    /// Runs the application's closure for a new connection. If it takes too long, the connection is closed.
    private func prepare(_ server: Server) async throws(PostgresError) {
        guard settings.prepareConnection != nil else { return }
        let limit = settings.checkTimeout
        let failure = await withTimeLimit { () -> PostgresError? in
            do throws(PostgresError) {
                try await server.prepare()
                return nil
            } catch {
                return error
            }
        } orElse: {
            server.abort()
            return PostgresError(
                .connectFailed, "preparing a new connection (prepareConnection) took longer than \(limit.inWords)")
        }
        guard let failure else { return }
        if server.isOpen { server.abort() }
        throw failure
    }

    private func opened(_ id: ServerID, _ server: Server) {
        let isWanted = locked { state, now, effects in state.opened(id, server, at: now, &effects) }
        guard isWanted else { return close(id, server) }
        server.onClose { [weak self] in self?.connectionClosed(id) }
    }

    private func test(
        _ id: ServerID, _ server: Server, orElse closure: PoolClosure, _ body: @escaping @Sendable () async -> Bool
    ) {
        Task(executorPreference: executor) {
            if await self.completes(id, server, orElse: closure, body) {
                self.locked { state, now, effects in state.tested(id, true, at: now, &effects) }
            } else {
                self.state.withLock { $0.markClosing(id, closure) }
                server.abort()
                self.connectionClosed(id)
            }
        }
    }

    private func close(_ id: ServerID, _ server: Server) {
        Task(executorPreference: executor) {
            _ = await self.completes(id, server, orElse: .lost) {
                await server.close()
                return true
            }
            self.connectionClosed(id)
        }
    }

    private func connectionClosed(_ id: ServerID) {
        locked { state, now, effects in state.connectionClosed(id, at: now, &effects) }
    }

    /// Runs `body` within the limit for checks; then aborts the connection, which ends `body`.
    private func completes(
        _ id: ServerID, _ server: Server, orElse closure: PoolClosure, _ body: @escaping @Sendable () async -> Bool
    ) async -> Bool {
        await withTimeLimit(body) {
            self.state.withLock { $0.markClosing(id, closure) }
            server.abort()
            return false
        }
    }

    /// Runs `body` within the limit for checks; then calls `end`, which has to make `body` return.
    private func withTimeLimit<Value: Sendable>(
        _ body: @escaping @Sendable () async -> Value, orElse end: @escaping @Sendable () -> Value
    ) async -> Value {
        let (clock, limit) = (clock, settings.checkTimeout.sleepable)
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask {
                do { try await clock.sleep(for: limit) } catch { return nil }
                return end()
            }
            var value: Value?
            for await result in group {
                value = value ?? result
                group.cancelAll()
            }
            return value ?? end()
        }
    }
}
