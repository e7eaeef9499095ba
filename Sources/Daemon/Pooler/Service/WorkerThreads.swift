import IOEngine
import PoolCore

/// Starts the workers, each a thread with an engine of its own.
enum WorkerThreads {
    /// What the workers run on; the raw value is the word of `io_engine`.
    enum Engine: String {
        case ioUring = "io_uring"
        case epoll
    }

    /// - Returns: false when a thread could not be started.
    static func start(
        on engine: Engine, _ listeners: [Listeners.Opened], _ shared: SharedState, _ commands: CommandPipe
    ) -> Bool {
        // The worker is specialised for its engine here.
        switch engine {
        case .ioUring:
            start(listeners, shared, commands) { () throws(SystemError) in try UringEngine() }
        case .epoll:
            start(listeners, shared, commands) { () throws(SystemError) in try EpollEngine() }
        }
    }

    private static func start<Engine: IOEngine & ~Copyable & SendableMetatype>(
        _ listeners: [Listeners.Opened], _ shared: SharedState, _ commands: CommandPipe,
        makeEngine: @escaping @Sendable () throws(SystemError) -> Engine
    ) -> Bool {
        for index in shared.mailboxes.indices {
            let isStarted = PosixThread.start("weir-worker-\(index)") {
                do throws(SystemError) {
                    var engine = try makeEngine()
                    if index == 0 {
                        for entry in listeners {
                            engine.listen(on: entry.socket, listener: shared.listeners.add(entry.address))
                        }
                    }
                    var worker = Worker(id: .init(rawValue: UInt16(index)), shared: shared, engine: engine)
                    while !worker.isStopped { worker.turn() }
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
}
