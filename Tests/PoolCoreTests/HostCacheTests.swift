import MonotonicTime
import PoolCore
import Testing

@Suite("Host names")
struct HostCacheTests {
    private var cache = HostCache<String>()
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    /// Names of servers that a group has made.
    private let servers: [ServerID] = {
        var group = PoolGroup(workerCount: 1)
        var actions: [PoolGroup.Action] = []
        let (database, user) = (group.addDatabase(DatabaseLimits()), group.addUser(UserLimits()))
        var limits = PoolLimits()
        limits.size = 200
        limits.minSize = 200
        limits.hasForcedUser = true
        _ = group.pool(database: database, user: user, limits: limits, at: .zero, into: &actions)
        return actions.compactMap { action -> ServerID? in
            if case .connect(let server, _, _, _) = action { server } else { nil }
        }
    }()

    private mutating func lookUp(_ addresses: [String]?, at now: Instant) -> [ServerID] {
        guard case .lookUp = cache.ask("db", timeToLive: .seconds(15), at: now) else {
            Issue.record("not asked")
            return []
        }
        return cache.answered("db", addresses, at: now)
    }

    private mutating func isKnown(at now: Instant) -> Bool {
        if case .known = cache.ask("db", timeToLive: .seconds(15), at: now) { true } else { false }
    }

    private mutating func due(at now: Instant, open: Set<ServerID>? = nil) -> [String] {
        cache.due(at: now) { open?.contains($0) ?? true }
    }

    @Test mutating func anAnswerIsKeptForItsTime() {
        #expect(lookUp(["10.0.0.1"], at: start) == [])
        #expect(isKnown(at: start + .seconds(14)))
        #expect(!isKnown(at: start + .seconds(15)))
    }

    @Test mutating func requestsDuringALookUpWait() {
        _ = cache.ask("db", timeToLive: .seconds(15), at: start)
        guard case .wait = cache.ask("db", timeToLive: .seconds(15), at: start) else {
            Issue.record("asked twice")
            return
        }
    }

    @Test mutating func serversWhoseAddressHasLeftTheAnswerAreNamed() {
        _ = lookUp(["10.0.0.1", "10.0.0.2"], at: start)
        cache.open(servers[0], by: "db", at: "10.0.0.1") { _ in true }
        cache.open(servers[1], by: "db", at: "10.0.0.2") { _ in true }
        cache.open(servers[2], by: "db", at: "10.0.0.1") { _ in true }
        #expect(due(at: start + .seconds(14)) == [])
        #expect(due(at: start + .seconds(15)) == ["db"])
        #expect(due(at: start + .seconds(15)) == [], "asked already")
        let first = cache.answered("db", ["10.0.0.2", "10.0.0.3"], at: start + .seconds(15))
        #expect(first == [servers[0], servers[2]])
        #expect(due(at: start + .seconds(30)) == ["db"])
        let second = cache.answered("db", ["10.0.0.2"], at: start + .seconds(30))
        #expect(second == [], "each is named once")
    }

    @Test mutating func aLookUpForANewServerNamesThemToo() {
        _ = lookUp(["10.0.0.1"], at: start)
        cache.open(servers[0], by: "db", at: "10.0.0.1") { _ in true }
        #expect(lookUp(["10.0.0.9"], at: start + .seconds(20)) == [servers[0]])
    }

    @Test mutating func aFailedLookUpLeavesServersAlone() {
        _ = lookUp(["10.0.0.1"], at: start)
        cache.open(servers[0], by: "db", at: "10.0.0.1") { _ in true }
        #expect(due(at: start + .seconds(15)) == ["db"])
        let first = cache.answered("db", nil, at: start + .seconds(15))
        #expect(first == [])
        #expect(due(at: start + .seconds(29)) == [], "not at once again")
        #expect(due(at: start + .seconds(30)) == ["db"])
        let second = cache.answered("db", ["10.0.0.9"], at: start + .seconds(30))
        #expect(second == [servers[0]])
    }

    @Test mutating func aFailedLookUpIsNotKeptForTheNextServer() {
        _ = lookUp(nil, at: start)
        _ = lookUp(["10.0.0.1"], at: start)
        cache.open(servers[0], by: "db", at: "10.0.0.1") { _ in true }
        _ = lookUp(nil, at: start + .seconds(15))
        #expect(lookUp(["10.0.0.1"], at: start + .seconds(16)) == [])
    }

    @Test mutating func aNameWithoutServersIsLeftAlone() {
        _ = lookUp(["10.0.0.1"], at: start)
        cache.open(servers[0], by: "db", at: "10.0.0.1") { _ in true }
        #expect(cache.isInUse)
        #expect(due(at: start + .seconds(15), open: []) == [])
        #expect(!cache.isInUse)
    }

    @Test mutating func serversThatAreGoneDoNotAccumulate() {
        _ = lookUp(["10.0.0.1"], at: start)
        var asked = 0
        for server in servers {
            cache.open(server, by: "db", at: "10.0.0.1") { _ in
                asked += 1
                return false
            }
        }
        #expect(asked > 100)
        #expect(lookUp(["10.0.0.9"], at: start + .seconds(15)).count <= 65)
    }
}
