import MonotonicTime
import PoolCore
import Synchronization

/// Runs the pool of one server (or of several hosts that stand in for each other): the only place where its decisions
/// meet connections, tasks and the clock.
///
/// Every entry takes the lock, tells ``PoolState`` what happened, gives the lock back, and then does what the state has
/// asked for. Nothing is decided here.
package final class PoolDriver<Server: PoolServer, C: Clock>: Sendable where C.Duration == Duration {
    /// Opens one connection.
    package typealias Opener = @Sendable () async throws(PostgresError) -> Server

    let settings: PostgresPool.Configuration
    let observer: PoolObserver
    private let opener: Opener
    let clock: C
    private let origin: C.Instant
    /// Where the pool's own tasks run; `nil` for the usual place.
    private let executor: (any TaskExecutor)?
    private let state: Mutex<PoolState<Server>>

    /// A pool that opens nothing until it is asked to, or until ``start()``.
    ///
    /// - Parameters:
    ///   - settings: those without contradiction.
    ///   - member: which one of several it is: 0 is a primary, which callers wait for while connecting to it fails;
    ///     from any other they learn of a failure at once, because there is another to go to.
    ///   - seed: what random numbers begin with.
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

    /// The present, counted from when the pool was made.
    var now: Instant { instant(clock.now) }

    func instant(_ moment: C.Instant) -> Instant {
        Instant(nanoseconds: origin.duration(to: moment).wholeNanoseconds)
    }

    /// Takes the lock for `body`, and does afterwards what it leaves to be done.
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

    /// A timer that rings early does no harm, so only an earlier deadline replaces it.
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
            gone(id)
        case .answer(let caller, let answer): caller.resume(returning: answer)
        case .settled(let waiter): waiter.resume()
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
        if state.withLock({ $0.note(opening, for: id) }) { opening.cancel() }
    }

    /// Has the application make a new connection ready. One that does not become so in time is closed.
    private func prepare(_ server: Server) async throws(PostgresError) {
        guard settings.prepareConnection != nil else { return }
        let limit = settings.checkTimeout
        let failure = await limited { () -> PostgresError? in
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
        server.onClose { [weak self] in self?.gone(id) }
    }

    private func test(
        _ id: ServerID, _ server: Server, orElse closure: PoolClosure, _ body: @escaping @Sendable () async -> Bool
    ) {
        Task(executorPreference: executor) {
            if await self.isDone(id, server, orElse: closure, body) {
                self.locked { state, now, effects in state.tested(id, true, at: now, &effects) }
            } else {
                self.state.withLock { $0.condemn(id, closure) }
                server.abort()
                self.gone(id)
            }
        }
    }

    private func close(_ id: ServerID, _ server: Server) {
        Task(executorPreference: executor) {
            _ = await self.isDone(id, server, orElse: .lost) {
                await server.close()
                return true
            }
            self.gone(id)
        }
    }

    private func gone(_ id: ServerID) {
        locked { state, now, effects in state.gone(id, at: now, &effects) }
    }

    /// Gives `body` the time that a check may take, and then aborts the connection, which ends it.
    private func isDone(
        _ id: ServerID, _ server: Server, orElse closure: PoolClosure, _ body: @escaping @Sendable () async -> Bool
    ) async -> Bool {
        await limited(body) {
            self.state.withLock { $0.condemn(id, closure) }
            server.abort()
            return false
        }
    }

    /// Gives `body` the time that a check may take; `end` is called when it is over, and has to make `body` end.
    private func limited<Value: Sendable>(
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
