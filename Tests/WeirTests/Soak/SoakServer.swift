import DevPostgres
import Dispatch
import Synchronization
import Testing
import Weir

/// A PostgreSQL that may be stopped and started while it is used: nobody else's.
final class SoakServer: Sendable {
    let server: TestServer
    private let running: Mutex<(folder: StateFolder, cluster: DevCluster)>

    init() throws {
        let folder = try StateFolder(
            .ephemeral(in: StateFolder.temporaryDirectory()), account: try ProgramAccount.unprivileged())
        let first = try DevCluster(in: folder, programs: TestPrograms.folder)
        server = TestServer(first)
        running = Mutex((folder, first))
    }

    /// Stops PostgreSQL and starts it again.
    ///
    /// - Parameter isCrash: whether it ends at once, as if it had crashed.
    func restart(isCrash: Bool) async throws {
        try await onThreadOfItsOwn {
            try self.running.withLock { running in
                running.cluster.stop(immediatelyWhen: { isCrash })
                running.cluster = try DevCluster(in: running.folder, programs: TestPrograms.folder)
            }
        }
    }

    func stop() async {
        try? await onThreadOfItsOwn {
            self.running.withLock { running in
                running.cluster.stop(immediatelyWhen: { true })
                running.folder.release()
            }
        }
    }

    /// Runs a script on a connection of its own.
    func ask(_ sql: String) async throws -> [PostgresResult] {
        try await server.withSession { try await $0.script(sql) }
    }

    /// The only number that a query gives.
    func number(_ sql: String) async throws -> Int {
        try #require(try await ask(sql).last?.rows.first).decode(Int.self)
    }

    /// Starting and stopping a program takes its time and would keep tasks from running.
    private func onThreadOfItsOwn(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
