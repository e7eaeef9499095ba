import Foundation

/// One installation of PostgreSQL's server programs on this machine.
package struct PostgresInstallation: Hashable, Sendable {
    /// The folder that contains `initdb` and `postgres`.
    package let folder: String
    package let version: PostgresVersion

    /// The path of one of its programs.
    package func program(_ name: String) -> String { "\(folder)/\(name)" }

    /// Finds all installations, newest first.
    ///
    /// It searches `PATH`, then the folders of Debian's and the PostgreSQL project's packages, then asks `pg_config`.
    /// If the caller gives a folder, only that one is searched.
    ///
    /// - Throws: ``DevPostgresError/postgresNotFound(searched:)`` if there are none.
    package static func all(
        in given: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(DevPostgresError) -> [PostgresInstallation] {
        if let given { return [try PostgresInstallation(folder: given)] }
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let candidates =
            path + subfolders(of: "/usr/lib/postgresql", ending: "/bin")
            + subfolders(of: "/usr", startingWith: "pgsql-", ending: "/bin") + folderOfPgConfig(path)

        var found: [PostgresInstallation] = []
        for folder in candidates where hasPrograms(folder) && !found.contains(where: { $0.folder == folder }) {
            found.append(try PostgresInstallation(folder: folder))
        }
        guard !found.isEmpty else {
            throw .postgresNotFound(
                searched: ["PATH", "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "pg_config --bindir"])
        }
        // The sort is not stable; the position in the list decides between equal versions.
        return found.enumerated().sorted { left, right in
            left.element.version == right.element.version
                ? left.offset < right.offset : left.element.version > right.element.version
        }.map(\.element)
    }

    /// Checks the programs in `folder` and reads their version.
    package init(folder: String) throws(DevPostgresError) {
        for program in ["initdb", "postgres"] where !isProgram("\(folder)/\(program)") {
            throw .programMissing(program, folder: folder)
        }
        let postgres = "\(folder)/postgres"
        let output = try ChildProcess.run([postgres, "--version"]).output
        guard let version = PostgresVersion(output: output) else {
            throw .unknownVersion(program: postgres, output: output.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        self.folder = folder
        self.version = version
    }

    private static func hasPrograms(_ folder: String) -> Bool {
        isProgram("\(folder)/initdb") && isProgram("\(folder)/postgres")
    }

    private static func subfolders(of folder: String, startingWith start: String = "", ending: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(start) }.sorted().map { "\(folder)/\($0)\(ending)" }
    }

    private static func folderOfPgConfig(_ path: [String]) -> [String] {
        guard let folder = path.first(where: { isProgram("\($0)/pg_config") }),
            let answer = try? ChildProcess.run(["\(folder)/pg_config", "--bindir"]),
            answer.ending.isSuccess
        else { return [] }
        return [answer.output.trimmingCharacters(in: .whitespacesAndNewlines)]
    }
}
