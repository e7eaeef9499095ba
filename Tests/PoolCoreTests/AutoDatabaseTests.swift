import MonotonicTime
import PoolCore
import Testing

/// `autodb_idle_timeout`, and users that no file names.
@Suite("Names that clients choose")
struct AutoDatabaseTests {
    private var actions: [PoolGroup.Action] = []
    private var group = PoolGroup(workerCount: 1)
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    init() { group.setDatabaseIdleTimeout(.seconds(3600), at: start, into: &actions) }

    private mutating func addAuto(at now: Instant) -> DatabaseID {
        let database = group.addDatabase(DatabaseLimits())
        group.setAuto(true, database: database, at: now, into: &actions)
        return database
    }

    private mutating func pass(to now: Instant) -> [String] {
        actions = []
        group.handle(.timePassed, at: now, into: &actions)
        #expect(group.brokenInvariants == [])
        return actions.brief
    }

    @Test mutating func anUnusedDatabaseIsRemovedInTime() {
        let database = addAuto(at: start)
        #expect(group.nextDeadline == start + .seconds(3600))
        #expect(pass(to: start + .seconds(3599)) == [])
        #expect(pass(to: start + .seconds(3600)) == ["database removed"])
        #expect(!group.contains(database) && group.nextDeadline == nil)
    }

    @Test mutating func aClientKeepsIt() {
        let database = addAuto(at: start)
        #expect(group.admit(database: database, user: nil) == nil)
        #expect(pass(to: start + .seconds(9000)) == [])
        group.dismiss(database: database, user: nil, at: start + .seconds(9000), into: &actions)
        #expect(pass(to: start + .seconds(9000 + 3599)) == [])
        #expect(pass(to: start + .seconds(9000 + 3600)) == ["database removed"])
    }

    @Test mutating func aServerKeepsItAndItsPoolsGoWithIt() throws {
        let (database, user) = (addAuto(at: start), group.addUser(UserLimits()))
        var limits = PoolLimits()
        limits.serverIdleTimeout = .seconds(600)
        let made = group.pool(database: database, user: user, limits: limits, at: start, into: &actions)
        let pool = try #require(made)
        let client = ClientID(rawValue: 1)
        group.handle(
            .clientWaits(client, pool, worker: WorkerID(rawValue: 0), for: .welcome, since: start), at: start,
            into: &actions)
        guard case .connect(let server, _, _, _)? = actions.last else {
            Issue.record("no connect: \(actions)")
            return
        }
        group.handle(.serverLoggedIn(server), at: start, into: &actions)
        #expect(pass(to: start + .seconds(599)) == [])
        #expect(pass(to: start + .seconds(600)) == ["close 1: server idle timeout"])
        group.handle(.serverLost(server), at: start + .seconds(601), into: &actions)
        #expect(pass(to: start + .seconds(601 + 3600)) == ["pool removed", "database removed"])
        #expect(!group.contains(pool))
    }

    @Test(arguments: [true, false])
    mutating func aStateSetByAnOperatorIsNotForgotten(isPause: Bool) {
        let database = addAuto(at: start)
        group.handle(isPause ? .pause(database) : .disable(database), at: start, into: &actions)
        #expect(pass(to: start + .seconds(7200)) == [])
        group.handle(isPause ? .resume(database) : .enable(database), at: start + .seconds(7200), into: &actions)
        #expect(pass(to: start + .seconds(7200 + 3600)) == ["database removed"])
    }

    @Test mutating func theirNumberIsBoundedWhateverTheTime() {
        group.setDatabaseIdleTimeout(nil, at: start, into: &actions)
        let first = addAuto(at: start)
        let second = addAuto(at: start)
        #expect(group.admit(database: first, user: nil) == nil)
        for _ in 0..<5_000 { _ = addAuto(at: start) }
        #expect(group.brokenInvariants == [])
        #expect(group.contains(first), "a client uses it")
        #expect(!group.contains(second), "it was idle longest")
        #expect(actions.count { $0.brief == "database removed" } == 5_001 - PoolGroup.mostIdleDatabases)
    }

    @Test mutating func anEntryOfItsOwnIsKept() {
        let database = addAuto(at: start)
        group.setAuto(false, database: database, at: start, into: &actions)
        #expect(pass(to: start + .seconds(7200)) == [])
    }

    @Test mutating func aNameThatOutlivesItsDatabaseIsRefused() {
        let old = addAuto(at: start)
        _ = pass(to: start + .seconds(3600))
        let new = addAuto(at: start + .seconds(3600))
        #expect(old.index == new.index && old != new)
        #expect(group.admit(database: old, user: nil) == .noSuchDatabase)
    }

    // MARK: Users

    @Test mutating func aTransientUserGoesWithItsLastClientAndPool() {
        let database = group.addDatabase(DatabaseLimits())
        let user = group.addUser(UserLimits(), isTransient: true)
        var limits = PoolLimits()
        limits.poolIdleTimeout = .seconds(100)
        _ = group.pool(database: database, user: user, limits: limits, at: start, into: &actions)
        #expect(group.admit(database: database, user: user) == nil)
        #expect(pass(to: start + .seconds(200)) == ["pool removed"])
        actions = []
        group.dismiss(database: database, user: user, at: start + .seconds(200), into: &actions)
        #expect(actions.brief == ["user removed"])
        #expect(!group.contains(user) && group.brokenInvariants == [])
        let next = group.addUser(UserLimits(), isTransient: true)
        #expect(next.index == user.index && next != user)
        #expect(group.counts(of: user) == ConnectionCounts())
    }

    @Test mutating func aUserThatAFileNamesStays() {
        let user = group.addUser(UserLimits())
        #expect(group.admit(database: nil, user: user) == nil)
        group.dismiss(database: nil, user: user, at: start, into: &actions)
        #expect(group.contains(user) && actions.isEmpty)
        group.setTransient(true, user: user, into: &actions)
        #expect(!group.contains(user) && actions.brief == ["user removed"])
    }

    @Test mutating func theNumberOfPoolsOfTransientUsersIsBounded() {
        let database = group.addDatabase(DatabaseLimits())
        for _ in 0..<1_500 {
            let user = group.addUser(UserLimits(), isTransient: true)
            let pool = group.pool(database: database, user: user, limits: PoolLimits(), at: start, into: &actions)
            if let pool {
                group.handle(.clientJoined(ClientID(rawValue: 1), pool), at: start, into: &actions)
                group.handle(.clientParted(ClientID(rawValue: 1), pool), at: start, into: &actions)
            }
            group.handle(.timePassed, at: start, into: &actions)
        }
        #expect(group.poolIDs.count == PoolGroup.mostPools)
        #expect(group.brokenInvariants == [])
    }
}
