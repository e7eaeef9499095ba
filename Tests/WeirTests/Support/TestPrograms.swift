import DevPostgres
import Foundation
import Glibc
import Synchronization

/// Which PostgreSQL the tests run.
enum TestPrograms {
    /// The folder that `WEIR_TEST_POSTGRES_BIN` names, or `nil` to take what the machine has.
    ///
    /// Where root runs the tests, PostgreSQL runs as somebody else, who may not be allowed to go there (root's home, a
    /// workplace of CI). Then the programs are copied to where he may, for as long as this process lives.
    static var folder: String? { get throws { try reachable.get() } }

    private static let reachable = Result<String?, any Error> {
        guard let given = ProcessInfo.processInfo.environment["WEIR_TEST_POSTGRES_BIN"], !given.isEmpty else {
            return nil
        }
        guard try ProgramAccount.unprivileged().firstInaccessibleFolder(to: given) != nil else { return given }
        return try copy(of: given)
    }

    /// Copies the whole installation: programs find their libraries beside their own folder.
    private static func copy(of folder: String) throws -> String {
        let bin = URL(fileURLWithPath: folder).standardizedFileURL.resolvingSymlinksInPath()
        let files = FileManager.default
        let copy = URL(fileURLWithPath: StateFolder.temporaryDirectory())
            .appendingPathComponent("weir-postgres-\(getpid())")
        try? files.removeItem(at: copy)
        try files.copyItem(at: bin.deletingLastPathComponent(), to: copy)
        unsafe chmod(copy.path, 0o755)
        copied.withLock { $0 = copy }
        atexit {
            TestPrograms.copied.withLock { copy in if let copy { try? FileManager.default.removeItem(at: copy) } }
        }
        return copy.appendingPathComponent(bin.lastPathComponent).path
    }

    private static let copied = Mutex<URL?>(nil)
}
