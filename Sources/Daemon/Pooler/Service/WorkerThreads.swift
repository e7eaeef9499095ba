import IOEngine
import PoolCore

/// Starts the workers, each a thread with an engine of its own.
enum WorkerThreads {
    /// What the workers run on; the raw value is the word of `io_engine`.
    enum Engine: String {
        case ioUring = "io_uring"
        case epoll
    }

    /// Each worker tells `commands` when it is ready, or that it has failed.
    ///
    /// - Parameter mayFallBack: a worker that gets no io_uring uses epoll. The start has found out that it can be used,
    ///   but kernels from 6.14 on count rings towards RLIMIT_MEMLOCK, and there may be room for some of them only.
    /// - Returns: false when a thread could not be started.
    static func start(
        on engine: Engine, mayFallBack: Bool, _ listeners: [Listeners.Opened], _ shared: SharedState,
        _ commands: CommandPipe
    ) -> Bool {
        for index in shared.mailboxes.indices {
            let isStarted = PosixThread.start("weir-worker-\(index)") {
                do throws(SystemError) {
                    try serve(index, on: engine, mayFallBack: mayFallBack, listeners, shared, commands)
                    commands.post(.workerEnded)
                } catch {
                    shared.log.write(.fatal, "worker \(index): \(error.call): \(error.reason)")
                    commands.post(.workerFailed)
                }
            }
            guard isStarted else {
                shared.log.write(.fatal, "could not start worker \(index)")
                return false
            }
        }
        return true
    }

    /// Runs until the worker is stopped. Throws when its engine cannot be made.
    private static func serve(
        _ index: Int, on engine: Engine, mayFallBack: Bool, _ listeners: [Listeners.Opened], _ shared: SharedState,
        _ commands: CommandPipe
    ) throws(SystemError) {
        // The worker is specialised for its engine here. Servers move between engines of both kinds as between others.
        if engine == .ioUring {
            do throws(SystemError) {
                let engine = try UringEngine()
                return serve(index, engine, listeners, shared, commands)
            } catch {
                guard mayFallBack else { throw error }
                shared.log.write(
                    .warning, "worker \(index): io_uring cannot be used (\(error.call): \(error.reason)), using epoll")
            }
        }
        let engine = try EpollEngine()
        serve(index, engine, listeners, shared, commands)
    }

    private static func serve<Engine: IOEngine & ~Copyable>(
        _ index: Int, _ engine: consuming Engine, _ listeners: [Listeners.Opened], _ shared: SharedState,
        _ commands: CommandPipe
    ) {
        if index == 0 {
            for entry in listeners {
                engine.listen(on: entry.socket, listener: shared.listeners.add(entry.address))
            }
        }
        var worker = Worker(id: .init(rawValue: UInt16(index)), shared: shared, engine: engine)
        commands.post(.workerReady)
        while !worker.isStopped { worker.turn() }
    }
}
