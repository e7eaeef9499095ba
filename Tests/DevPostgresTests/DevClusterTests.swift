import DevPostgres
import Foundation
import Glibc
import Testing

/// Every test runs this machine's PostgreSQL, under an unprivileged account if the tests run as root.
@Suite("A private PostgreSQL", .serialized)
struct DevClusterTests {
    @Test func anEphemeralClusterWorksAndLeavesNothing() throws {
        let folder = try StateFolder(.ephemeral(in: "/tmp"), account: .unprivileged())
        let cluster = try DevCluster(in: folder)
        #expect(cluster.isRunning)
        #expect(cluster.remarks == [])
        #expect(try ask(cluster, "SHOW server_encoding") == "UTF8")
        #expect(try ask(cluster, "SHOW listen_addresses") == "")
        #expect(try ask(cluster, "SHOW fsync") == "off")
        #expect(try ask(cluster, "SHOW server_version").hasPrefix(cluster.version.description))

        cluster.stop()
        #expect(!cluster.isRunning)
        folder.release()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func aKeptClusterKeepsItsRows() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        for (sql, answer) in [("CREATE TABLE kept AS SELECT 42 AS n", "SELECT 1"), ("SELECT n FROM kept", "42")] {
            let folder = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
            let cluster = try DevCluster(in: folder)
            #expect(try ask(cluster, sql) == answer)
            #expect(try ask(cluster, "SHOW fsync") == "on")
            cluster.stop()
            folder.release()
        }
    }

    @Test func aPostgresLeftRunningByAKilledRunIsStoppedAndRecovered() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let first = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
        let abandoned = try DevCluster(in: first)
        #expect(try ask(abandoned, "CREATE TABLE survivor ()") == "CREATE TABLE")
        first.release()  // as the system does for a killed process

        let second = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
        let cluster = try DevCluster(in: second)
        #expect(!abandoned.isRunning)
        #expect(cluster.remarks.count == 1)
        #expect(try ask(cluster, "SELECT count(*) FROM survivor") == "0")
        cluster.stop()
        second.release()
    }

    @Test func aStalePidFileDoesNotPreventStarting() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let folder = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
        try DevCluster(in: folder).stop()
        // This process lives, but it is not the PostgreSQL of that folder.
        try "\(getpid())\n\(folder.data)\n".write(
            toFile: folder.data + "/postmaster.pid", atomically: false, encoding: .utf8)
        let cluster = try DevCluster(in: folder)
        #expect(cluster.remarks == [])
        cluster.stop()
        folder.release()
    }

    @Test func aKilledPostgresIsDetectedAndRecovers() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let folder = try StateFolder(.kept(scratch.path + "/dev"), account: .unprivileged())
        let cluster = try DevCluster(in: folder)
        let process = try #require(folder.read("data/postmaster.pid")?.split(separator: "\n").first)
        kill(try #require(pid_t(process)), SIGKILL)
        cluster.stop()
        #expect(!cluster.isRunning)
        let again = try DevCluster(in: folder)
        #expect(try ask(again, "SELECT 1") == "1")
        again.stop()
        folder.release()
    }

    @Test func theFolderOfAKilledEphemeralRunIsRemovedByTheNext() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let first = try StateFolder(.ephemeral(in: scratch.path), account: .unprivileged())
        let abandoned = try DevCluster(in: first)
        let leftover = scratch.path + "/weir-dev-orphan"
        try FileManager.default.moveItem(atPath: first.path, toPath: leftover)
        try FileManager.default.createSymbolicLink(atPath: first.path, withDestinationPath: leftover)
        first.release()  // removes the link only: the folder stays, without its lock

        let second = try StateFolder(.ephemeral(in: scratch.path), account: .unprivileged())
        #expect(!abandoned.isRunning)
        #expect(!FileManager.default.fileExists(atPath: leftover))
        second.release()
    }

    @Test func aLongPathGetsASocketElsewhere() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let deep = scratch.path + "/" + String(repeating: "d", count: 120)
        let folder = try StateFolder(.kept(deep), account: .unprivileged())
        let cluster = try DevCluster(in: folder)
        #expect(cluster.socketFolder.hasPrefix("/tmp/weir-socket-"))
        #expect(try ask(cluster, "SELECT 1") == "1")
        cluster.stop()
        #expect(!FileManager.default.fileExists(atPath: cluster.socketFolder))
        folder.release()
    }
}

/// Runs a query with psql, and fails with psql's output.
private func ask(_ cluster: DevCluster, _ sql: String) throws -> String {
    let psql = Process()
    let output = Pipe()
    psql.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    psql.arguments = [
        "psql", "-XAt", "-h", cluster.socketFolder, "-p", String(cluster.port), "-U", DevCluster.superuser,
        "-c", sql, "postgres",
    ]
    psql.standardOutput = output
    psql.standardError = output
    try psql.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    psql.waitUntilExit()
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
}
