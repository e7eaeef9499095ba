import DevPostgres
import Dispatch
import Synchronization
import Testing
import Weir
import WeirTestSupport

/// A PostgreSQL of the soak test alone, which stops and starts it while it is in use.
final class SoakServer: Sendable {
    let server: TestServer
    /// `nil` once it has been stopped for good.
    private let running: Mutex<(folder: StateFolder, cluster: DevCluster)?>

    init() throws {
        let folder = try StateFolder(
            .ephemeral(in: StateFolder.temporaryDirectory()), account: try ProgramAccount.unprivileged())
        let first = try DevCluster(in: folder, programs: TestPrograms.folder)
        server = TestServer(first)
        running = Mutex((folder, first))
        Cleanup.atEnd { [self] in stopNow() }
    }

    /// Stops PostgreSQL and starts it again.
    ///
    /// - Parameter isCrash: whether it ends at once, as if it had crashed.
    func restart(isCrash: Bool) async throws {
        try await onSeparateThread {
            try self.running.withLock { running in
                guard let (folder, cluster) = running else { return }
                cluster.stop(immediatelyWhen: { isCrash })
                running = (folder, try DevCluster(in: folder, programs: TestPrograms.folder))
            }
        }
    }

    func stop() async {
        try? await onSeparateThread { self.stopNow() }
    }

    private func stopNow() {
        running.withLock { running in
            running?.cluster.stop(immediatelyWhen: { true })
            running?.folder.release()
            running = nil
        }
    }

    /// Runs a script on a separate connection.
    func ask(_ sql: String) async throws -> [PostgresResult] {
        try await server.withSession { try await $0.script(sql) }
    }

    /// The only number that a query returns.
    func number(_ sql: String) async throws -> Int {
        try #require(try await ask(sql).last?.rows.first).decode(Int.self)
    }

    /// Starting and stopping a program blocks its thread, which must not be one of those that run tasks.
    private func onSeparateThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
