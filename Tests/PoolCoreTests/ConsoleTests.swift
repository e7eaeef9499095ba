import MonotonicTime
import PoolCore
import Testing

@Suite("Console commands")
struct ConsoleTests {
    @Test func pauseWaitsForServersInUse() {
        var sim = PoolSimulation.single {
            $0.size = 3
            $0.waitNotify = nil
        }
        sim.warm(2)
        sim.wait(1, 0)
        #expect(sim.pause(0).brief == ["close 1: pause mode"])
        #expect(sim.wait(2, 0).brief == [], "new work waits")
        #expect(sim.lose(1).brief == [])
        #expect(sim.release(2).brief == ["close 2: pause mode"])
        #expect(sim.lose(2).brief == ["paused"])
        #expect(sim.resume(0).brief == ["connect 3"])
        #expect(sim.world.violations == [])
    }

    @Test func pauseOfEverything() {
        var sim = PoolSimulation.single { $0.waitNotify = nil }
        #expect(sim.pause(nil).brief == ["paused"])
        sim.wait(1, 0)
        #expect(sim.group.isPaused(nil))
        #expect(sim.advance(by: .seconds(120)).brief == ["reject 1: query_wait_timeout"])
        sim.wait(2, 0)
        #expect(sim.resume(nil).brief == ["connect 1"])
        #expect(sim.world.violations == [])
    }

    @Test func aPauseThatIsSupersededIsAnswered() {
        var sim = PoolSimulation.single { $0.waitNotify = nil }
        sim.warm(1)
        sim.wait(1, 0)
        #expect(sim.pause(nil).brief == [])
        #expect(sim.resume(nil).brief == ["pause ended"])
        #expect(sim.pause(0).brief == [])
        #expect(sim.resume(nil).brief == [], "the database's own pause stays")
        #expect(sim.resume(0).brief == ["pause ended"])
        #expect(sim.release(1).brief == [])
        #expect(sim.world.violations == [])
    }

    @Test func suspensionEndsWithItsConsole() {
        var sim = PoolSimulation.single { $0.waitNotify = nil }
        let (console, other) = (ClientID(rawValue: 900), ClientID(rawValue: 901))
        sim.world.isPausedWhole = true
        #expect(sim.send(.suspend(by: console)).brief == ["paused"])
        #expect(sim.group.pauseMode == .suspended)
        sim.wait(1, 0)
        #expect(sim.send(.consoleClosed(other)).brief == [])
        sim.world.isPausedWhole = false
        #expect(sim.send(.consoleClosed(console)).brief == ["connect 1"])
        #expect(sim.group.pauseMode == .active)
        #expect(sim.world.violations == [])
    }

    @Test func aPauseOutlastsTheConsoleThatAskedForIt() {
        var sim = PoolSimulation.single()
        let console = ClientID(rawValue: 900)
        sim.world.isPausedWhole = true
        sim.send(.suspend(by: console))
        sim.resume(nil)
        sim.pause(nil)
        #expect(sim.send(.consoleClosed(console)).brief == [])
        #expect(sim.group.pauseMode == .paused)
        #expect(sim.world.violations == [])
    }

    @Test func killOfEverythingPausesTheDatabasesAndNotThePooler() {
        var sim = PoolSimulation.single()
        sim.warm(1)
        sim.world.pausedDatabases.insert(0)
        #expect(sim.send(.kill(nil)).brief == ["close 1: database removed"])
        #expect(sim.group.pauseMode == .active && sim.group.isPaused(sim.databases[0]))
        sim.lose(1)
        sim.resume(nil)
        #expect(sim.group.isPaused(sim.databases[0]), "RESUME of the whole leaves it")
        sim.resume(0)
        #expect(sim.wait(1, 0).brief == ["connect 2"])
        #expect(sim.world.violations == [])
    }

    @Test func killClosesEverythingAndPauses() {
        var sim = PoolSimulation.single { $0.size = 2 }
        sim.warm(2)
        sim.wait(1, 0)
        sim.wait(2, 0)
        sim.wait(3, 0)
        sim.cancel(50, 1)
        sim.cancel(51, 1)
        sim.cancel(52, 1)
        let kill = sim.kill(0).brief
        #expect(
            kill.prefix(4) == [
                "reject 3: database removed", "reject cancel 50: database removed",
                "reject cancel 51: database removed", "reject cancel 52: database removed",
            ])
        #expect(kill.dropFirst(4).sorted() == ["close 1: database removed", "close 2: database removed"])
        #expect(sim.group.isPaused(sim.databases[0]))
        sim.lose(1)
        sim.lose(2)
        #expect(sim.wait(4, 0).brief == [])
        #expect(sim.resume(0).brief == ["connect 3"])
        #expect(sim.world.violations == [])
    }

    @Test func shutdownWaitingForServersRejectsEveryClient() {
        var sim = PoolSimulation.single { $0.size = 1 }
        sim.warm(1)
        sim.wait(1, 0)
        sim.wait(2, 0)
        sim.world.isPausedWhole = true
        #expect(sim.send(.shutDown(.waitForServers)).brief == ["reject 2: server shutting down"])
        #expect(sim.wait(3, 0).brief == ["reject 3: server shutting down"])
        #expect(sim.group.pauseMode == .paused)
        #expect(sim.release(1).brief == ["close 1: pause mode"])
        #expect(sim.lose(1).brief == ["shut down"])
        #expect(sim.send(.resume(nil)).brief == [] && sim.group.isPaused(nil))
        #expect(sim.world.violations == [])
    }

    @Test func shutdownWaitingForClientsLetsThemWork() {
        var sim = PoolSimulation.single()
        sim.warm(1)
        #expect(sim.group.admit(database: sim.databases[0], user: nil) == nil)
        #expect(sim.send(.shutDown(.waitForClients)).brief == [])
        #expect(sim.group.admit(database: sim.databases[0], user: nil) == .shuttingDown)
        #expect(sim.wait(1, 0).brief == ["link 1 to 1"])
        sim.group.dismiss(database: sim.databases[0], user: nil, at: sim.now, into: &sim.sink)
        #expect(sim.sink.brief == ["shut down"])
    }

    @Test func resumeAndASecondShutdownWorkWhileAShutdownWaitsForClients() {
        var sim = PoolSimulation.single { $0.waitNotify = nil }
        sim.pause(nil)
        #expect(sim.group.admit(database: sim.databases[0], user: nil) == nil)
        #expect(sim.send(.shutDown(.waitForClients)).brief == [])
        sim.wait(1, 0)
        #expect(sim.resume(nil).brief == ["connect 1"])
        #expect(sim.logIn(1).brief == ["link 1 to 1"])
        sim.world.isPausedWhole = true
        #expect(sim.send(.shutDown(.waitForServers)).brief == [])
        #expect(sim.release(1).brief == ["close 1: pause mode"])
        #expect(sim.lose(1).brief == ["shut down"])
        #expect(sim.world.violations == [])
    }

    @Test func clientsAreAdmittedUpToThreeLimits() {
        var group = PoolGroup(workerCount: 1)
        group.maxClientConnections = 3
        let database = group.addDatabase(DatabaseLimits(maxClientConnections: 2))
        let user = group.addUser(UserLimits(maxClientConnections: 1))
        let other = group.addUser(UserLimits())
        var actions: [PoolGroup.Action] = []
        #expect(group.admit(database: database, user: user) == nil)
        #expect(group.admit(database: database, user: user) == .tooManyUserClients)
        #expect(group.counts(of: database)?.clientConnections == 1, "a refused client is not counted anywhere")
        #expect(group.admit(database: database, user: other) == nil)
        #expect(group.admit(database: database, user: other) == .tooManyDatabaseClients)
        #expect(group.admit(database: nil, user: nil) == nil)
        #expect(group.admit(database: nil, user: nil) == .tooManyClients)
        #expect(group.admit(database: database, user: user, isExempt: true) == nil)
        group.dismiss(database: database, user: user, at: .zero, into: &actions)
        group.dismiss(database: nil, user: nil, at: .zero, into: &actions)
        #expect(group.admitAlso(database: nil, user: user) == .tooManyUserClients)
        group.handle(.disable(database), at: .zero, into: &actions)
        #expect(group.admit(database: database, user: other) == .databaseDisabled)
        group.handle(.enable(database), at: .zero, into: &actions)
        group.dismiss(database: database, user: other, at: .zero, into: &actions)
        #expect(group.admit(database: database, user: other) == nil)
        #expect(actions.isEmpty)
    }
}
