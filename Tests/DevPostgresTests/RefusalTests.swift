import DevPostgres
import Foundation
import Glibc
import Testing

/// Impossible requests fail with the reason and a remedy.
@Suite("Refusals")
struct RefusalTests {
    @Test func aFolderInUseIsRefusedWithItsOwner() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let place = StateFolder.Place.kept(scratch.path + "/dev")
        let first = try StateFolder(place, account: .unprivileged())
        #expect(throws: DevPostgresError.inUse(folder: first.path, process: getpid())) {
            try StateFolder(place, account: .unprivileged())
        }
        first.release()
        try StateFolder(place, account: .unprivileged()).release()
    }

    @Test func aClusterOfAnotherMajorVersionIsRefusedWithBothNames() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let folder = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
        try FileManager.default.createDirectory(atPath: folder.data, withIntermediateDirectories: false)
        try "9.6\n".write(toFile: folder.data + "/PG_VERSION", atomically: false, encoding: .utf8)
        let error = try #require(throws: DevPostgresError.self) { try DevCluster(in: folder) }
        let installed = try PostgresInstallation.all().map(\.version)
        #expect(error == .otherMajorVersion(folder: folder.data, cluster: "9.6", installed: installed))
        #expect(error.description.contains("Install PostgreSQL 9.6"))
        folder.release()
    }

    @Test func aFolderWithSomethingElseInItIsNotOverwritten() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let folder = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
        try FileManager.default.createDirectory(atPath: folder.data, withIntermediateDirectories: false)
        #expect(throws: DevPostgresError.notACluster(folder: folder.data)) { try DevCluster(in: folder) }
        folder.release()
    }

    @Test func theOutputOfInitdbIsReported() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write("initdb", "#!/bin/sh\necho 'could not write: No space left on device' >&2\nexit 1\n")
        try scratch.write("postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 15.20 (Debian)'\n")
        let folder = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
        #expect(
            throws: DevPostgresError.programFailed(
                scratch.path + "/initdb", status: "exit status 1", output: "could not write: No space left on device")
        ) {
            try DevCluster(in: folder, programs: scratch.path)
        }
        folder.release()
    }

    @Test func aPostgresThatExitsImmediatelyIsReportedWithItsLog() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write("initdb", "#!/bin/sh\nmkdir \"$2\"\n")
        try scratch.write(
            "postgres",
            "#!/bin/sh\n[ \"$1\" = --version ] && echo 'postgres (PostgreSQL) 17beta1' && exit\necho FATAL: no\nexit 3\n"
        )
        let folder = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
        #expect(
            throws: DevPostgresError.didNotStart(status: "exit status 3", log: folder.log, lastLines: "FATAL: no")
        ) {
            try DevCluster(in: folder, programs: scratch.path)
        }
        folder.release()
    }

    @Test func aFolderWithoutProgramsIsReported() {
        #expect(throws: DevPostgresError.programMissing("initdb", folder: "/nonexistent")) {
            try PostgresInstallation.all(in: "/nonexistent")
        }
    }

    @Test func aFolderOfAnotherAccountIsRefused() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let stranger = try #require(ProgramAccount.named("nobody"))
        #expect(throws: DevPostgresError.self) { try StateFolder(.kept(scratch.path), account: stranger) }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can use another account"))
    func aFolderThatTheAccountCannotEnterIsReported() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let closed = scratch.path + "/closed"
        try FileManager.default.createDirectory(
            atPath: closed, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let account = try ProgramAccount.unprivileged()
        #expect(
            throws: DevPostgresError.unreachable(folder: closed + "/dev", blockedBy: closed, account: account.name)
        ) {
            try StateFolder(.kept(closed + "/dev"), account: account)
        }
    }
}
