import DevPostgres
import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

/// The PostgreSQL that the tests of this process share: started by the first that asks, stopped at the end.
///
/// It listens on a Unix socket only and trusts everybody. `WEIR_TEST_POSTGRES_BIN` names the folder of another
/// PostgreSQL's programs; with `WEIR_TEST_THROUGH`, the path of the program `weir`, there is a `weir serve` in session mode
/// in front of it.
struct TestServer: Sendable {
    /// What to give as `host`.
    let socketFolder: String
    /// What to give as `port`; it only names the socket.
    let port: Int
    /// PostgreSQL's major version.
    let majorVersion: Int
    /// Whether a pooler in session mode answers, with PostgreSQL behind it: then cancel keys do not tell the process.
    var isPooler = false

    /// The socket's own path.
    var socketPath: String { "\(socketFolder)/.s.PGSQL.\(port)" }

    static var shared: TestServer {
        get async throws { try await Starting.wait { try RunningCluster.shared.withLock { try $0.start() } } }
    }
}

/// Starts servers on a thread of its own: while one starts, whole seconds, the tasks of other tests have to run.
enum Starting {
    private static let queue = DispatchQueue(label: "servers for tests")

    static func wait<Server: Sendable>(for start: @escaping @Sendable () throws -> Server) async throws -> Server {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: start)) }
        }
    }
}

/// What keeps the server running and takes it away.
private struct RunningCluster {
    static let shared = Mutex(RunningCluster())

    private var running: (folder: StateFolder, cluster: DevCluster, pooler: TestPooler?, server: TestServer)?

    mutating func start() throws -> TestServer {
        if let running { return running.server }
        let folder = try StateFolder(
            .ephemeral(in: StateFolder.temporaryDirectory()), account: try ProgramAccount.unprivileged())
        // Tests run side by side, and each has connections of its own.
        let cluster = try DevCluster(in: folder, programs: TestPrograms.folder, settings: [("max_connections", "500")])
        let direct = TestServer(cluster)
        let pooler = try TestPooler.program.map { try TestPooler($0, before: direct, mode: "session", in: folder) }
        running = (folder, cluster, pooler, pooler?.server ?? direct)
        atexit { RunningCluster.shared.withLock { $0.stop() } }
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
    /// A cluster's own socket.
    init(_ cluster: DevCluster) {
        self.init(socketFolder: cluster.socketFolder, port: cluster.port, majorVersion: cluster.version.major)
    }

    /// Whether the tests speak with PostgreSQL through `weir serve`.
    static var isThroughPooler: Bool { TestPooler.program != nil }
}

extension Trait where Self == ConditionTrait {
    /// For what is about the server itself, its sockets or its log-in: nothing changes with a pooler in front of another.
    static var onlyDirectly: Self { .disabled(if: TestServer.isThroughPooler, "this is about the server itself") }
}
