import DevPostgres
import Foundation
import Glibc
import WeirTestSupport

/// The PostgreSQL programs that the tests run.
enum TestPrograms {
    /// The folder that `WEIR_TEST_POSTGRES_BIN` names, or `nil` to take what the machine has.
    ///
    /// Where root runs the tests, PostgreSQL runs as another account, which may not be able to read that folder (root's
    /// home, a workspace of CI). Then the programs are copied to a folder that it can read, until this process ends.
    static var folder: String? { get throws { try reachable.get() } }

    private static let reachable = Result<String?, any Error> {
        guard let given = ProcessInfo.processInfo.environment["WEIR_TEST_POSTGRES_BIN"], !given.isEmpty else {
            return nil
        }
        guard try ProgramAccount.unprivileged().firstInaccessibleFolder(to: given) != nil else { return given }
        return try copy(of: given)
    }

    /// Copies the whole installation, because programs find their libraries relative to their own folder.
    private static func copy(of folder: String) throws -> String {
        let bin = URL(fileURLWithPath: folder).standardizedFileURL.resolvingSymlinksInPath()
        let files = FileManager.default
        let copy = URL(fileURLWithPath: StateFolder.temporaryDirectory())
            .appendingPathComponent("weir-postgres-\(getpid())")
        try? files.removeItem(at: copy)
        try files.copyItem(at: bin.deletingLastPathComponent(), to: copy)
        unsafe chmod(copy.path, 0o755)
        Cleanup.atEnd { try? FileManager.default.removeItem(at: copy) }
        return copy.appendingPathComponent(bin.lastPathComponent).path
    }
}
