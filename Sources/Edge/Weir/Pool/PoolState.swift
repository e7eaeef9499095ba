import MonotonicTime
import PoolCore
import SeededChance

/// Everything that the lock of a pool guards: the group that decides, and the connections and callers that its IDs
/// refer to.
///
/// It performs nothing itself; it only records what has to be done (``PoolEffect``) after the lock is released. A value
/// without clock, task and lock, like the group.
struct PoolState<Server: PoolServer>: Sendable {
    typealias Effects = [PoolEffect<Server>]

    /// The settings; the numbers of connections may change.
    var settings: PostgresPool.Configuration
    let member: Int

    var group = PoolGroup(workerCount: 1)
    let pool: PoolID
    var limits = PoolLimits()
    private var actions: [PoolGroup.Action] = []

    /// Indexed by the slots of the group's server IDs.
    var entries: [PoolEntry<Server>?] = []
    var callers = PoolCallers<Server>()
    /// The counters; the rest of a ``PoolStatistics`` is filled in on request.
    var counts = PoolStatistics()

    var backoff: Backoff
    var random: SplitMix64
    /// The failure of the last attempt to connect; `nil` if it succeeded.
    var failure: (error: PostgresError, at: Instant)?
    var lastLaunch = Instant.zero
    /// Attempts that began earlier belong to a failure that has been counted.
    var failuresCountFrom = Instant.zero

    // Deadlines that the group does not know of.
    var waits = DeadlineHeap<ClientID>()
    var lifetimeEnds = DeadlineHeap<ServerID>()
    var leaksAt = Instant.never
    var watchAt = Instant.never
    var gaugesAt = Instant.never
    var closeDeadline = Instant.never
    /// The deadline of the timer, and the timer.
    var armedAt = Instant.never
    var timer: Task<Void, Never>?

    var isClosing = false
    var isClosed = false
    var closers: [CheckedContinuation<Void, Never>] = []
    var drainers: [CheckedContinuation<Void, Never>] = []
    var pausers: [CheckedContinuation<Void, Never>] = []

    init?(_ settings: PostgresPool.Configuration, member: Int, seed: UInt64) {
        self.settings = settings
        self.member = member
        backoff = Backoff(initial: settings.retryDelay, limit: settings.maximumRetryDelay)
        random = SplitMix64(seed: seed)
        var limits = PoolLimits()
        limits.size = max(1, settings.maximumConnections)
        limits.reserveTimeout = nil
        limits.hasForcedUser = true
        // Each caller has its own time-out, and each connection its own lifetime.
        limits.waitTimeout = nil
        limits.waitNotify = nil
        limits.cancelWaitTimeout = nil
        limits.serverLifetime = .nanoseconds(Int64.max)
        limits.serverIdleTimeout = settings.idleTimeout
        limits.checkDelay = settings.checkIdleAfter
        limits.loginRetry = settings.retryDelay
        limits.connectTimeout = nil
        limits.waitsWhileFailing = true
        self.limits = limits
        let (database, user) = (group.addDatabase(DatabaseLimits()), group.addUser(UserLimits()))
        guard let pool = group.pool(database: database, user: user, limits: limits, at: .zero, into: &actions) else {
            return nil
        }
        self.pool = pool
    }

    /// The earliest deadline, for which the timer has to be set.
    var deadline: Instant {
        min(
            min(group.nextDeadline ?? .never, waits.next), min(lifetimeEnds.next, leaksAt),
            min(watchAt, min(gaugesAt, closeDeadline)))
    }

    // MARK: Entries

    subscript(_ id: ServerID) -> PoolEntry<Server>? {
        get {
            guard Int(id.slot) < entries.count, let entry = entries[Int(id.slot)], entry.id == id else { return nil }
            return entry
        }
        set { if Int(id.slot) < entries.count, entries[Int(id.slot)]?.id == id { entries[Int(id.slot)] = newValue } }
    }

    /// Changes every existing connection. O(connections)
    mutating func forEachEntry(_ change: (inout PoolEntry<Server>) -> Void) {
        for slot in entries.indices {
            guard var entry = entries[slot] else { continue }
            change(&entry)
            entries[slot] = entry
        }
    }

    // MARK: The group

    /// Passes an event to the group, and records the resulting actions.
    mutating func handle(_ event: PoolGroup.Event, at now: Instant, _ effects: inout Effects) {
        group.handle(event, at: now, into: &actions)
        recordEffects(at: now, &effects)
    }

    /// Calls a method of the group other than `handle`, and records the resulting actions.
    mutating func change(
        at now: Instant, _ effects: inout Effects, _ body: (inout PoolGroup, inout [PoolGroup.Action]) -> Void
    ) {
        body(&group, &actions)
        recordEffects(at: now, &effects)
    }

    private mutating func recordEffects(at now: Instant, _ effects: inout Effects) {
        for index in actions.indices {
            switch actions[index] {
            case .link(let client, _, let server, _): link(client, server, at: now, &effects)
            case .connect(let server, _, _, _):
                launch(server, at: now)
                effects.append(.open(server))
            case .reject(let client, _, let reason): reject(client, reason, at: now, &effects)
            case .reset(let id, _): test(id, &effects) { .reset(id, $0, verify: $1) }
            case .check(let id, _): test(id, &effects) { .check(id, $0, role: $1) }
            case .close(let id, _, let reason): close(id, reason, &effects)
            case .pauseDone: Self.resumeAll(&pausers, &effects)
            case .waitCloseDone: Self.resumeAll(&drainers, &effects)
            case .shutdownDone:
                isClosed = true
                Self.resumeAll(&pausers, &effects)
                Self.resumeAll(&drainers, &effects)
                Self.resumeAll(&closers, &effects)
            case .welcome, .notifyQueued, .openCancel, .sendCancel, .rejectCancel, .pauseEnded, .poolRemoved,
                .databaseRemoved, .userRemoved:
                break
            }
        }
        actions.removeAll(keepingCapacity: true)
    }

    private mutating func launch(_ id: ServerID, at now: Instant) {
        while entries.count <= Int(id.slot) { entries.append(nil) }
        entries[Int(id.slot)] = PoolEntry(id: id, launchedAt: now)
        lastLaunch = now
    }

    private mutating func test(
        _ id: ServerID, _ effects: inout Effects, _ effect: (Server, Bool) -> PoolEffect<Server>
    ) {
        guard let entry = self[id], let server = entry.server else { return }
        effects.append(effect(server, entry.isSuspect))
    }

    private mutating func close(_ id: ServerID, _ reason: PoolGroup.CloseReason, _ effects: inout Effects) {
        guard var entry = self[id] else { return }
        entry.closure = entry.closure ?? entry.pendingClosure ?? closure(reason)
        if let server = entry.server {
            effects.append(entry.lease == nil ? .close(id, server) : .abort(id, server))
        } else if let opening = entry.opening {
            effects.append(.stopOpening(opening))
        }
        self[id] = entry
    }

    private func closure(_ reason: PoolGroup.CloseReason) -> PoolClosure {
        switch reason {
        case .idleTimeout: .idle
        case .lifetimeOver: .lifetime
        case .configurationChanged, .connectStringChanged, .closeNeeded: .expired
        case .tooManyServers: .resized
        case .paused: isClosing ? .closed : .paused
        case .databaseRemoved, .evicted: .closed
        case .connectTimeout: .lost
        }
    }

    static func resumeAll(_ waiting: inout [CheckedContinuation<Void, Never>], _ effects: inout Effects) {
        effects += waiting.map { .resume($0) }
        waiting = []
    }
}
