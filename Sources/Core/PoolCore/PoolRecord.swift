import MonotonicTime

/// A pool: its limits, the lists of its servers, clients and cancel requests, and what it remembers of failures.
struct PoolRecord: Sendable {
    var generation: UInt32 = 0
    var isAlive = true
    var database: Int32
    var user: Int32
    var limits = PoolLimits()
    var delays = PoolDelays(PoolLimits())

    /// Clients that joined, waiting or not.
    var clients = 0
    /// Clients that wait without having joined: they need `auth_query`.
    var authWaiting = 0
    /// Clients that wait for a server, the longest-waiting first.
    var waiters = IndexList()
    /// Clients that wait for the server's parameters.
    var welcomes = IndexList()
    /// The first waiter that was not told yet that it waits, or -1.
    var unnotified: Int32 = -1
    /// The driver holds parameters to welcome clients with, from a server that was not marked for closing since.
    var welcomeReady = false
    /// Every server they came from broke, so they may be out of date.
    var isWelcomeDoubtful = false
    /// They say that the server is a standby, which may be promoted without a word to the pooler.
    var isStandby = false
    /// When a server last had the occasion to report a change: it logged in or answered a check or reset query.
    var lastReport = Instant.zero

    /// The latest released first. Those idle for longer than the check delay have moved on to `used`.
    var idle = IndexList()
    var used = IndexList()
    /// A reset or check query runs; the earliest started first.
    var tested = IndexList()
    /// Connecting or logging in; the earliest started first.
    var login = IndexList()
    var active = 0
    var beingCanceled = 0
    var closing = 0
    /// Connected servers that are marked for closing.
    var dirtyConnected = 0

    /// Servers whose lifetime is not over, in the order they were launched.
    var young = IndexList()
    /// Idle and used servers whose lifetime is over.
    var overdue = IndexList()
    var lastLifetimeClose = Instant(nanoseconds: .min / 4)

    var lastLaunch = Instant(nanoseconds: .min / 4)
    /// The last attempt to connect failed: one attempt at a time, `loginRetry` apart.
    var connectFailed = false
    /// No log-in has succeeded since one failed: clients do not queue when there is no server.
    var loginFailed = false
    /// What failed last was the log-in, in a way that concerns every client.
    var wasRefused = false
    /// The last refusal may have lost its cause: a client that comes now is worth an attempt.
    var mayRetryNow = false
    /// When to try again to open the servers of `minSize` that a shared limit denied.
    var fillAt = Instant(nanoseconds: .max)
    /// When the pool was last seen in use.
    var lastActive = Instant.zero

    /// Servers wanted but denied by the database's and the user's limit.
    var unmetByDatabase = 0
    var unmetByUser = 0
    var isInDatabaseQueue = false
    var isInUserQueue = false

    var queuedCancels = IndexList()
    var connectingCancels = IndexList()
    var sentCancels = 0

    /// The time of the pool's valid entry in the heap of deadlines.
    var armed = Instant(nanoseconds: .max)

    init(database: Int32, user: Int32) {
        self.database = database
        self.user = user
    }

    var connected: Int { active + idle.count + used.count + tested.count + beingCanceled }
    /// Everything that counts towards `size`.
    var servers: Int { connected + login.count + closing }
    /// Connected servers that will still be there for the next client.
    var usable: Int { connected - dirtyConnected }

    /// Servers wanted but denied by that limit.
    subscript(unmetBy limit: LimitName) -> Int {
        get {
            switch limit {
            case .database: unmetByDatabase
            case .user: unmetByUser
            }
        }
        set {
            switch limit {
            case .database: unmetByDatabase = newValue
            case .user: unmetByUser = newValue
            }
        }
    }

    subscript(isQueuedAt limit: LimitName) -> Bool {
        get {
            switch limit {
            case .database: isInDatabaseQueue
            case .user: isInUserQueue
            }
        }
        set {
            switch limit {
            case .database: isInDatabaseQueue = newValue
            case .user: isInUserQueue = newValue
            }
        }
    }

    /// It has no client, no server and no cancel request.
    @inline(__always)
    var isUnused: Bool {
        clients == 0 && waiters.isEmpty && welcomes.isEmpty && servers == 0 && queuedCancels.isEmpty
            && connectingCancels.isEmpty && sentCancels == 0
    }

    /// The most servers the pool may have, its reserve included; `nil` means no limit.
    var hardSize: Int? { limits.size > 0 ? limits.size + limits.reserveSize : nil }

    var hasMinimum: Bool { limits.minSize > 0 || limits.minIdle > 0 }

    /// Servers that `minSize` and `minIdle` ask for now and that are neither open nor being opened.
    var missing: Int {
        guard hasMinimum, clients > 0 || limits.hasForcedUser else { return 0 }
        let wanted = limits.size > 0 ? min(limits.minSize, limits.size) : limits.minSize
        let missing = wanted - connected - login.count
        guard limits.minIdle > 0 else { return missing }
        let free = idle.count + used.count + max(0, tested.count + login.count - waiters.count)
        return max(missing, limits.minIdle - free)
    }
}

/// What the pool would do if it were alone. (Methods of the record, so that nothing copies it.)
extension PoolRecord {
    /// How many servers to open now.
    ///
    /// While attempts fail there is one at a time, `server_login_retry` apart, and the reserve opens one by one.
    @inline(__always)
    func wanted(firstSince: Instant, at now: Instant) -> (count: Int, fromReserve: Bool) {
        var count = waiters.count - tested.count - login.count
        if count <= 0, needsServerForWelcome { count = 1 }
        guard count > 0 else { return (0, false) }
        if connectFailed {
            guard login.isEmpty, mayRetryNow || lastLaunch.after(delays.retry) <= now else { return (0, false) }
            count = 1
        }
        guard limits.size > 0 else { return (count, false) }
        let room = limits.size - servers
        if room > 0 { return (min(count, room), false) }
        if needsServerForWelcome, isWaitingForMarked { return (1, false) }
        return (hasReserveLeft && firstSince.after(delays.reserve) <= now ? 1 : 0, true)
    }

    /// Clients wait for parameters, and nothing that is under way will bring them.
    private var needsServerForWelcome: Bool {
        !welcomes.isEmpty && login.isEmpty && !(welcomeReady && !tested.isEmpty)
    }

    /// Every server is in use and marked for closing: clients that log in would have to wait for the others to finish,
    /// so one more server than `size` is opened for them.
    ///
    /// Source: PgBouncer 1.25.2, `launch_new_connection`.
    private var isWaitingForMarked: Bool { !welcomeReady && usable == 0 && closing == 0 }

    @inline(__always)
    private var hasReserveLeft: Bool {
        guard delays.reserve != PoolDelays.never, login.isEmpty, let hardSize else { return false }
        return servers < hardSize
    }

    /// When the reserve, the next attempt after a failure or `min_pool_size` is next due. An instant that is past is
    /// left out: nothing could be opened then, and an event will say when it can.
    @inline(__always)
    func connectDeadline(firstSince: Instant, at now: Instant) -> Instant {
        var due = Instant.never
        if !waiters.isEmpty, hasReserveLeft {
            let reserve = firstSince.after(delays.reserve)
            if reserve > now { due = min(due, reserve) }
        }
        if connectFailed, login.isEmpty, !waiters.isEmpty || !welcomes.isEmpty || missing > 0 {
            let retry = lastLaunch.after(delays.retry)
            if retry > now { due = min(due, retry) }
        }
        if fillAt > now { due = min(due, fillAt) }
        return due
    }
}

/// The durations of ``PoolLimits`` in nanoseconds; `Int64.max` is never. Adding them costs one instruction.
struct PoolDelays: Sendable {
    static let never = Int64.max

    var wait: Int64
    var waitReason: PoolGroup.RejectReason
    var notify: Int64
    var reserve: Int64
    var cancelWait: Int64
    var lifetime: Int64
    /// Between two closures for age.
    var lifetimeGap: Int64
    var idle: Int64
    /// Never also when each release is followed by a check: then an idle server is a checked one.
    var check: Int64
    var checksEachRelease: Bool
    var canCheck: Bool
    var retry: Int64
    var connect: Int64
    var unused: Int64

    init(_ limits: PoolLimits) {
        func nanoseconds(_ duration: Duration?) -> Int64 { max(0, duration?.wholeNanoseconds ?? Self.never) }

        let queryTimeout = nanoseconds(limits.queryTimeout)
        wait = min(nanoseconds(limits.waitTimeout), queryTimeout)
        waitReason = wait == queryTimeout ? .queryTimeout : .waitTimeout
        notify = nanoseconds(limits.waitNotify)
        reserve = limits.reserveSize > 0 && limits.size > 0 ? nanoseconds(limits.reserveTimeout) : Self.never
        cancelWait = nanoseconds(limits.cancelWaitTimeout)
        lifetime = nanoseconds(limits.serverLifetime)
        lifetimeGap = limits.size > 0 ? lifetime / Int64(limits.size) : 0
        idle = nanoseconds(limits.serverIdleTimeout)
        checksEachRelease = limits.checkDelay == .zero
        canCheck = limits.checkDelay != nil
        check = checksEachRelease ? Self.never : nanoseconds(limits.checkDelay)
        retry = nanoseconds(limits.loginRetry)
        connect = nanoseconds(limits.connectTimeout)
        unused = nanoseconds(limits.poolIdleTimeout)
    }
}

extension Instant {
    /// The instant `delay` nanoseconds later, or never.
    @inline(__always)
    func after(_ delay: Int64) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(delay)
        return Instant(nanoseconds: overflow || delay == .max ? .max : sum)
    }
}
