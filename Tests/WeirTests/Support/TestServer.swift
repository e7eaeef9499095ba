import DevPostgres
import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing
import WeirTestSupport

/// The PostgreSQL that the tests of this process share: started by the first that asks, stopped at the end.
///
/// It listens on a Unix socket only and accepts every user without a password. `WEIR_TEST_POSTGRES_BIN` names the folder of another
/// PostgreSQL's programs; with `WEIR_TEST_THROUGH`, the path of the program `weir`, there is a `weir serve` in session mode
/// in front of it.
struct TestServer: Sendable {
    /// What to give as `host`.
    let socketFolder: String
    /// What to give as `port`; it only names the socket.
    let port: Int
    /// PostgreSQL's major version.
    let majorVersion: Int
    /// Whether it is a pooler in session mode: then a cancel key does not contain PostgreSQL's process id.
    var isPooler = false

    /// A connection string for the superuser, with time limits that a busy machine keeps as well.
    ///
    /// The defaults, 5 to 30 s, suit a service. Here they would make a test depend on the speed of the machine.
    func connectionString(database: String = "postgres", _ more: String = "") -> String {
        let limits = "connect_timeout=300 pool_timeout=300 pool_ping_timeout=300s"
        return "host=\(socketFolder) port=\(port) user=postgres dbname=\(database) \(limits) \(more)"
    }

    /// The socket's own path.
    var socketPath: String { "\(socketFolder)/.s.PGSQL.\(port)" }

    static var shared: TestServer {
        get async throws { try await Starting.wait { try RunningCluster.shared.withLock { try $0.start() } } }
    }
}

/// Starts servers on a separate thread, because that takes seconds and the tasks of other tests have to run meanwhile.
enum Starting {
    private static let queue = DispatchQueue(label: "servers for tests")

    /// Blocks the thread until `isReady`, or until `process` ends, or for two minutes.
    ///
    /// - Returns: whether it is ready.
    static func poll(_ process: Process, isReady: () -> Bool) -> Bool {
        let clock = ContinuousClock(), start = clock.now
        while clock.now - start < .seconds(120) {
            if isReady() { return true }
            guard process.isRunning else { return false }
            usleep(25_000)  // Another program's start has no event to wait for.
        }
        return false
    }

    static func wait<Server: Sendable>(for start: @escaping @Sendable () throws -> Server) async throws -> Server {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: start)) }
        }
    }
}

/// Keeps the server running, and stops it at the end of the process.
private struct RunningCluster {
    static let shared = Mutex(RunningCluster())

    private var running: (folder: StateFolder, cluster: DevCluster, pooler: TestPooler?, server: TestServer)?

    mutating func start() throws -> TestServer {
        if let running { return running.server }
        let folder = try StateFolder(
            .ephemeral(in: StateFolder.temporaryDirectory()), account: try ProgramAccount.unprivileged())
        // Tests run in parallel, each with its own connections.
        let cluster = try DevCluster(in: folder, programs: TestPrograms.folder, settings: [("max_connections", "500")])
        let direct = TestServer(cluster)
        let pooler = try TestPooler.program.map { try TestPooler($0, before: direct, mode: "session", in: folder) }
        running = (folder, cluster, pooler, pooler?.server ?? direct)
        Cleanup.atEnd { RunningCluster.shared.withLock { $0.stop() } }
        return pooler?.server ?? direct
    }

    private mutating func stop() {
        running?.pooler?.stop()
        running?.cluster.stop(immediatelyWhen: { true })
        running?.folder.release()
        running = nil
    }
}

extension TestServer {
    /// The socket of a cluster.
    init(_ cluster: DevCluster) {
        self.init(socketFolder: cluster.socketFolder, port: cluster.port, majorVersion: cluster.version.major)
    }

    /// Whether the tests connect to PostgreSQL through `weir serve`.
    static var isThroughPooler: Bool { TestPooler.program != nil }
}

extension Trait where Self == ConditionTrait {
    /// For tests of the server itself, its sockets or its log-in, which a pooler in front would not change.
    static var onlyDirectly: Self { .disabled(if: TestServer.isThroughPooler, "this is about the server itself") }
}
