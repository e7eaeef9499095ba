import DevPostgres
import Foundation
import Glibc
import Pooler

/// One run of `weir dev`, from its command line to its exit code.
final class DevSession {
    private let command: DevCommand
    private let events: DevEvents
    private var signals = 0

    init(_ command: DevCommand) throws {
        self.command = command
        events = try DevEvents()
    }

    /// Runs the session and returns the exit code: 0 after Ctrl-C.
    func run() throws -> Int32 {
        events.catchSignals()
        let port = try ListenProbe.freePort(address: command.listen, port: command.port)
        let programs = command.pgBin.map { URL(fileURLWithPath: $0).path }  // absolute, as the folder changes
        let given = try command.url.map { try Upstream(uri: $0) }

        let account = try ProgramAccount.unprivileged()
        let folder = try StateFolder(place, account: account)
        defer { folder.release() }
        if geteuid() == 0 {
            Terminal.complain("Continuing as \(account.name), because nothing here should run as root.")
        }
        try account.assume()

        let cluster = given == nil ? try DevCluster(in: folder, programs: programs) : nil
        defer { cluster?.stop(immediatelyWhen: isUrgent) }
        for remark in cluster?.remarks ?? [] { Terminal.complain(remark) }
        guard let upstream = given ?? cluster.map(Upstream.init) else { preconditionFailure("no upstream") }
        if !upstream.ignored.isEmpty {
            Terminal.complain("Ignored in the URI: \(upstream.ignored.joined(separator: ", ")).")
        }

        let configuration = DevConfiguration(
            upstream: upstream, listen: command.listen, port: port, poolMode: command.poolMode.rawValue, folder: folder,
            password: try DevConfiguration.password(in: folder))
        let service = try start(configuration)
        return watch(service, cluster) {
            Terminal.say(DevBanner.text(configuration, cluster: cluster, isKept: !folder.isEphemeral))
        }
    }

    private var place: StateFolder.Place {
        command.ephemeral || command.url != nil
            ? .ephemeral(in: StateFolder.temporaryDirectory()) : .kept(StateFolder.defaultPath())
    }

    private func start(_ configuration: DevConfiguration) throws -> PoolerService {
        let events = events
        var options = ServeOptions(configPath: try configuration.write(), quiet: true)
        options.handlesSignals = false
        options.whenReady = { events.post(.ready) }
        let service = try PoolerService(options: options)
        try service.openLog()
        Thread.detachNewThread { events.post(.ended(UInt8(truncatingIfNeeded: service.run()))) }
        return service
    }

    /// Shows the pooler's status until a signal or a failure ends it.
    private func watch(_ service: PoolerService, _ cluster: DevCluster?, whenReady: () -> Void) -> Int32 {
        var line = StatusLine()
        while true {
            switch events.next(milliseconds: 1000) {
            case .ready: whenReady()
            case .ended(let code):
                line.clear()
                Terminal.complain("weir dev: the pooler has ended; see its log.")
                return code == 0 ? 0 : Int32(code)
            case .signal:
                signals += 1
                line.clear()
                Terminal.complain("Stopping. Press Ctrl-C again to stop immediately.")
                stop(service)
                return 0
            case nil:
                if let cluster, !cluster.isRunning {
                    line.clear()
                    Terminal.complain("weir dev: PostgreSQL has ended. The end of its log:\n\(cluster.lastLogLines)")
                    stop(service)
                    return 1
                }
                line.show(service.status())
            }
        }
    }

    /// Lets clients finish, for three seconds at most.
    private func stop(_ service: PoolerService) {
        service.requestShutdown()
        let end = ContinuousClock.now.advanced(by: .seconds(3))
        while ContinuousClock.now < end, signals < 2 {
            switch events.next(milliseconds: 100) {
            case .signal: signals += 1
            case .ended: return
            default: break
            }
        }
    }

    /// Whether a second signal has arrived.
    private func isUrgent() -> Bool {
        if events.next(milliseconds: 0) == .signal { signals += 1 }
        return signals > 1
    }
}
