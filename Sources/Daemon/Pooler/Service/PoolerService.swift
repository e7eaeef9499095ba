import AdminConsole
import CLinux
import Glibc
import IOEngine
import MonotonicTime
import PoolCore
import PoolerConfig
import PoolerStats
import Synchronization

/// The pooler as a whole: reads the configuration, starts the workers, and lives until it is told to stop.
package final class PoolerService: Sendable {
    private let shared: SharedState
    private let options: ServeOptions
    private let commands: CommandPipe

    /// Reads the configuration; nothing is opened yet.
    package init(options: ServeOptions) throws(StartupError) {
        self.options = options
        let file: PoolerConfiguration
        var destination = Log.Destination()
        destination.standardError = !options.quiet
        destination.commandLineVerbosity = options.verbosity
        do throws(ConfigError) {
            file = try Reload.readFile(options.configPath)
        } catch {
            throw StartupError((error.messages + ["cannot load config file"]).joined(separator: "\n"))
        }
        if let objection = UnsupportedSettings.objection(to: file.settings) { throw StartupError(objection) }
        if file.settings.ioEngine == .ioUring, let objection = UringEngine.objection {
            throw StartupError("io_engine = io_uring, but io_uring cannot be used here: \(objection)")
        }
        let log = Log(file.settings.logDestination(like: destination))
        for warning in file.warnings { log.write(.warning, "\(warning)") }
        let live = LiveConfiguration(file: file, secrets: Reload.readSecrets(file.settings, log))
        let workers = file.settings.workers > 0 ? file.settings.workers : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        shared = SharedState(workerCount: workers, live: live, log: log)
        do throws(SystemError) {
            commands = try CommandPipe()
        } catch {
            throw StartupError("\(error.call): \(error.reason)")
        }
    }

    /// The account to run as (`user`), and the file for the process ID (`pidfile`); `nil` where not set.
    package var user: String? { shared.live.settings.user.flatMap { $0.isEmpty ? nil : $0 } }
    package var pidfile: String? {
        let path = shared.live.settings.pidfile
        return path.isEmpty ? nil : path
    }

    /// Serves until the pooler is shut down.
    ///
    /// - Returns: the exit code.
    package func run() -> Int32 {
        let settings = shared.live.settings
        let commands = commands
        signal(SIGPIPE, SIG_IGN)
        if options.handlesSignals { Signals.forward(to: commands) }
        warnAboutIdleSettings()
        FileLimit.raise(for: (settings.maxClientConn, expectedServers()), shared.log)
        let listeners: [Listeners.Opened]
        do throws(StartupError) {
            listeners = try Listeners.open(settings, shared.log)
        } catch {
            shared.log.write(.fatal, "\(error)")
            return 1
        }
        shared.console.onExit { commands.post(.exit) }
        Reload.apply(shared.live, shared)
        let engine = chosenEngine()
        let mayFallBack = settings.ioEngine != .ioUring
        guard WorkerThreads.start(on: engine, mayFallBack: mayFallBack, listeners, shared, commands) else { return 1 }
        shared.log.write(
            .log, "process up: \(PoolerVersion.banner), \(shared.mailboxes.count) workers (\(engine.rawValue))")
        tellReady()
        live()
        end(listeners)
        return 0
    }

    /// Ends ``run()`` at once; connections are closed.
    package func requestShutdown() { commands.post(.exit) }

    /// Counts of the present moment. Safe from any thread, costs one turn of every worker.
    package func status() -> PoolerStatus {
        var status = PoolerStatus()
        let answer = StatusAnswer()
        shared.postToAll(
            .gather(
                Gathering(workerCount: shared.mailboxes.count, wantsSockets: false) { part in
                    answer.put(part.stats.values.reduce(0) { $0 + $1.queries })
                }))
        shared.read { book in
            let totals = book.group.totals
            status.clients = totals.clientConnections
            status.servers = totals.connections
            for pool in book.sortedPools { status.waiting += book.group.counts(of: pool.id)?.clWaiting ?? 0 }
        }
        status.queries = answer.take()
        return status
    }

    // MARK: - Start

    private func warnAboutIdleSettings() {
        let live = shared.live
        var names = live.settings.explicitButNotActedOn.map(\.name)
        for entry in live.file.databases { names += entry.keysNotActedOn.map { "\(entry.name).\($0)" } }
        guard !names.isEmpty else { return }
        shared.log.write(.warning, "settings accepted but without effect yet: \(names.joined(separator: ", "))")
    }

    private func expectedServers() -> Int {
        let live = shared.live
        let size = live.settings.defaultPoolSize + live.settings.reservePoolSize
        return max(1, live.file.databases.count) * max(1, live.secrets.count) * max(1, size)
    }

    /// The engine `io_engine` asks for, or the one that works here.
    private func chosenEngine() -> WorkerThreads.Engine {
        guard shared.live.settings.ioEngine != .epoll else { return .epoll }
        guard let objection = UringEngine.objection else { return .ioUring }
        shared.log.write(.log, "io_uring cannot be used here (\(objection)), using epoll")
        return .epoll
    }

    private func tellReady() {
        guard let descriptor = options.readyPipe else { return }
        var byte: UInt8 = 1
        _ = unsafe write(descriptor, &byte, 1)
        close(descriptor)
    }

    // MARK: - Life

    /// Carries out signals and requests until one of them ends the process.
    private func live() {
        var nextPeriod = Instant.now() + shared.live.settings.statsPeriod
        var memory = MemoryRelease()
        while true {
            guard let command = commands.next(until: nextPeriod) else {
                shared.endStatisticsPeriod()
                if memory.isDue(free: weir_free_memory(), at: .now()) { weir_release_memory() }
                nextPeriod = Instant.now() + max(.seconds(1), shared.live.settings.statsPeriod)
                continue
            }
            switch command {
            case .exit, .workerFailed: return
            case .workerEnded: break
            case .signal(let number): if handle(number) { return }
            }
        }
    }

    /// PgBouncer's signals.
    ///
    /// - Returns: true when the process must end at once.
    private func handle(_ number: Int32) -> Bool {
        let console = shared.console
        switch number {
        case SIGHUP:
            shared.log.write(.log, "got SIGHUP, re-reading config")
            _ = Reload.run(shared)
        case SIGINT:
            if console.isShuttingDown {
                shared.log.write(.log, "got SIGINT while shutting down, fast exit")
                return true
            }
            shared.log.write(.log, "got SIGINT, shutting down, waiting for all servers connections to be released")
            Shutdown.begin(.waitForServers, shared)
        case SIGTERM:
            if console.isShuttingDown {
                shared.log.write(.log, "got SIGTERM while shutting down, fast exit")
                return true
            }
            shared.log.write(.log, "got SIGTERM, shutting down, waiting for all clients disconnect")
            Shutdown.begin(.waitForClients, shared)
        case SIGQUIT:
            shared.log.write(.log, "got SIGQUIT, fast exit")
            return true
        case SIGUSR1: pause()
        case SIGUSR2: resume()
        default: break
        }
        return false
    }

    private func pause() {
        guard shared.console.pooler == .active else {
            return shared.log.write(.log, "got SIGUSR1, but already paused/suspended")
        }
        shared.log.write(.log, "got SIGUSR1, pausing all activity")
        shared.console.pooler = .paused
        shared.decide(.pause(nil))
    }

    private func resume() {
        guard !shared.console.isShuttingDown else {
            return shared.log.write(.log, "got SIGUSR2 while shutting down, ignoring")
        }
        switch shared.console.pooler {
        case .active: return shared.log.write(.log, "got SIGUSR2, but not paused/suspended")
        case .paused: shared.log.write(.log, "got SIGUSR2, continuing from PAUSE")
        case .suspended: shared.log.write(.log, "got SIGUSR2, continuing from SUSPEND")
        }
        shared.console.pooler = .active
        shared.decide(.resume(nil))
    }

    // MARK: - End

    private func end(_ listeners: [Listeners.Opened]) {
        // Servers that become free while clients are cut off must not start what the others wait for.
        shared.decide(.pause(nil))
        shared.mailboxes[0].post(.stopListening(keepingUnix: false))
        shared.postToAll(.stop)
        var running = shared.mailboxes.count
        let deadline = Instant.now() + .seconds(5)
        while running > 0, let command = commands.next(until: deadline) {
            if case .workerEnded = command { running -= 1 }
            if case .workerFailed = command { running -= 1 }
        }
        for entry in listeners {
            if case .unix(let path, _) = entry.address, !path.hasPrefix("@") { unsafe unlink(path) }
        }
        shared.log.write(.log, "process terminated")
    }
}
