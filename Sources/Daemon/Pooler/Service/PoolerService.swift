import AdminConsole
import CLinux
import Glibc
import IOEngine
import MonotonicTime
import PoolCore
import PoolerConfig
import PoolerStats
import Synchronization

/// The pooler as a whole: reads the configuration, starts the workers, and runs until it is told to stop.
package final class PoolerService: Sendable {
    private let shared: SharedState
    private let options: ServeOptions
    private let commands: CommandPipe
    /// What is wrong with `auth_file`, for the log.
    private let authFileFaults: [String]

    /// Reads the configuration; nothing is opened yet, the log file neither.
    package init(options: ServeOptions) throws(StartupError) {
        self.options = options
        let candidate: ConfigurationCandidate
        do throws(ConfigurationRefusal) {
            candidate = try ConfigurationCandidate.load(path: options.configPath)
        } catch {
            throw StartupError(error.atStart, causes: error.causes)
        }
        let settings = candidate.file.settings
        if settings.ioEngine == .ioUring, let objection = UringEngine.objection {
            throw StartupError("io_engine = io_uring, but io_uring cannot be used here: \(objection)")
        }
        var destination = Log.Destination()
        destination.standardError = !options.quiet
        destination.commandLineVerbosity = options.verbosity
        authFileFaults = candidate.authFileFaults
        let workers = settings.workers > 0 ? settings.workers : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        shared = SharedState(
            workerCount: workers, live: candidate.live, log: Log(settings.logDestination(like: destination)))
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

    /// Opens the log file, and logs what was remarkable about the configuration.
    ///
    /// To be called when the process has become the account it runs as, which must be able to open the file again.
    package func openLog() throws(StartupError) {
        do throws(LogFileError) {
            try shared.log.reopen(shared.log.destination)
        } catch {
            throw StartupError(error.description)
        }
        for warning in shared.live.file.warnings { shared.log.write(.warning, "\(warning)") }
        for fault in authFileFaults { shared.log.write(.error, "\(fault)") }
    }

    /// Logs why the process does not start.
    package func log(_ error: StartupError) {
        for cause in error.causes { shared.log.write(.error, "\(cause)") }
        shared.log.write(.fatal, "\(error.reason)")
    }

    /// Serves until the pooler is shut down. The log must be open.
    ///
    /// - Returns: the exit code.
    package func run() -> Int32 {
        let settings = shared.live.settings
        let commands = commands
        signal(SIGPIPE, SIG_IGN)
        for line in shared.live.file.shortcomings { shared.log.write(.warning, "\(line)") }
        FileLimit.raise(for: (settings.maxClientConn, expectedServers()), shared.log)
        var listeners: [Listeners.Opened] = []
        do throws(StartupError) {
            if options.handlesSignals, !Signals.forward(to: commands) {
                throw StartupError("could not start the thread that handles signals")
            }
            listeners = try Listeners.open(settings, shared.log)
            try options.whenListening?()
            shared.console.onExit { commands.post(.exit) }
            Reload.apply(shared.live, shared)
            let engine = chosenEngine()
            try start(engine, listeners)
            let workers = shared.mailboxes.count
            shared.log.write(.log, "process up: \(PoolerVersion.banner), \(workers) workers (\(engine.rawValue))")
            options.whenReady?()
            ServiceManager.tell(.ready)
            try live()
        } catch {
            log(error)
            Listeners.removeFiles(of: listeners)
            return 1
        }
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
                Gathering(workerCount: shared.mailboxes.count, wantsConnections: false) { part in
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

    /// Starts the workers and waits until each of them serves.
    private func start(_ engine: WorkerThreads.Engine, _ listeners: [Listeners.Opened]) throws(StartupError) {
        let mayFallBack = shared.live.settings.ioEngine != .ioUring
        guard WorkerThreads.start(on: engine, mayFallBack: mayFallBack, listeners, shared, commands) else {
            throw StartupError("could not start the workers")
        }
        var missing = shared.mailboxes.count
        var early: [CommandPipe.Command] = []
        while missing > 0, let command = commands.next(until: .never) {
            switch command {
            case .workerReady: missing -= 1
            case .workerFailed: throw StartupError("could not start the workers")
            case .signal, .exit, .workerEnded: early.append(command)
            }
        }
        for command in early { commands.post(command) }
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

    // MARK: - Serving

    /// Carries out signals and requests until one of them ends the process; a worker that fails is an error.
    private func live() throws(StartupError) {
        var nextPeriod = Instant.now() + shared.live.settings.statsPeriod
        var memory = MemoryRelease()
        while true {
            guard let command = commands.next(until: nextPeriod) else {
                shared.endStatisticsPeriod()
                if memory.isDue(free: weir_free_memory(), at: .now()) { weir_release_memory() }
                nextPeriod = Instant.now() + shared.live.settings.statsPeriod
                continue
            }
            switch command {
            case .exit: return
            case .workerReady: break
            case .workerEnded, .workerFailed: throw StartupError("a worker has ended")
            case .signal(let number): if handle(number) { return }
            }
        }
    }

    /// PgBouncer's signals.
    ///
    /// - Returns: true when the process must end at once.
    private func handle(_ number: Int32) -> Bool {
        switch number {
        case SIGHUP:
            shared.log.write(.log, "got SIGHUP, re-reading config")
            _ = Reload.run(shared)
        case SIGINT:
            if shared.shutdownMode != nil {
                shared.log.write(.log, "got SIGINT while shutting down, fast exit")
                return true
            }
            shared.log.write(.log, "got SIGINT, shutting down, waiting for all servers connections to be released")
            ServiceManager.tell(.stopping)
            Shutdown.begin(.waitForServers, shared)
        case SIGTERM:
            if shared.shutdownMode != nil {
                shared.log.write(.log, "got SIGTERM while shutting down, fast exit")
                return true
            }
            shared.log.write(.log, "got SIGTERM, shutting down, waiting for all clients disconnect")
            ServiceManager.tell(.stopping)
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
        guard shared.poolerState == .active else {
            return shared.log.write(.log, "got SIGUSR1, but already paused/suspended")
        }
        shared.log.write(.log, "got SIGUSR1, pausing all activity")
        shared.decide(.pause(nil))
    }

    private func resume() {
        let shutdown = shared.shutdownMode
        guard shutdown == nil || shutdown == .waitForClients && shared.poolerState != .active else {
            return shared.log.write(.log, "got SIGUSR2 while shutting down, ignoring")
        }
        switch shared.poolerState {
        case .active: return shared.log.write(.log, "got SIGUSR2, but not paused/suspended")
        case .paused: shared.log.write(.log, "got SIGUSR2, continuing from PAUSE")
        case .suspended: shared.log.write(.log, "got SIGUSR2, continuing from SUSPEND")
        }
        shared.decide(.resume(nil))
    }

    // MARK: - End

    private func end(_ listeners: [Listeners.Opened]) {
        ServiceManager.tell(.stopping)
        // Servers that become free while clients are disconnected must not start what other clients wait for.
        shared.decide(.pause(nil))
        shared.mailboxes[0].post(.stopListening(keepingUnix: false))
        shared.postToAll(.stop)
        var running = shared.mailboxes.count
        let deadline = Instant.now() + .seconds(5)
        while running > 0, let command = commands.next(until: deadline) {
            if case .workerEnded = command { running -= 1 }
            if case .workerFailed = command { running -= 1 }
        }
        Listeners.removeFiles(of: listeners)
        shared.log.write(.log, "process terminated")
    }
}
