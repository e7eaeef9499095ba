import Foundation
import Glibc
import NIOCore
import PGConnInfo
import PGSession
import PGWire
import Testing
import Weir

@Suite(.onlyDirectly, .limited) struct SeveralHostsTests {
    @Test func `The next host is tried after a failure, and every attempt is reported`() async throws {
        let dead = try await FakeServer([])
        try await dead.close()
        let live = try await FakeServer([.hear, .say(FakeServer.greeting())])
        let server = try await connect(
            "host=127.0.0.1,localhost hostaddr=127.0.0.1,127.0.0.1 port=\(dead.port),\(live.port) user=u sslmode=disable"
        )
        #expect(server.address == "localhost:\(live.port)")
        server.channel.closeAtOnce()
        try await live.close()

        let error = await #expect(throws: PostgresError.self) {
            try await connect("host=127.0.0.1,/nowhere port=\(dead.port) user=u")
        }
        #expect(error?.code == .connectFailed)
        #expect(
            error?.message == """
                connection to server at "127.0.0.1", port \(dead.port) failed: Connection refused
                connection to server on socket "/nowhere/.s.PGSQL.\(dead.port)" failed: No such file or directory
                """)
    }

    @Test func `A host name that does not resolve is reported`() async throws {
        let error = await #expect(throws: PostgresError.self) { try await connect("host=no.such.name.invalid user=u") }
        #expect(error?.code == .connectFailed)
        #expect(
            error?.message.hasPrefix(#"could not translate host name "no.such.name.invalid" to address: "#) == true,
            "\(error?.message ?? "")")
        let numeric = await #expect(throws: PostgresError.self) { try await connect("hostaddr=1.2.3.4.5 user=u") }
        #expect(numeric?.message.hasPrefix(#"could not parse network address "1.2.3.4.5""#) == true)
    }

    @Test func `An old server is asked for its role, and the next host is tried if it does not match`() async throws {
        var old = WireWriter()
        old.rowDescription([ColumnDescription(name: "pg_is_in_recovery", typeOID: 16, typeSize: 1)])
        old.dataRow([Array("f".utf8)])
        old.commandComplete("SELECT 1")
        old.readyForQuery(.idle)
        let primary = try await FakeServer([
            .hear, .say(FakeServer.greeting([("server_version", "13.4")])), .hear, .say(old.bytes),
        ])
        let standby = try await FakeServer([.hear, .say(FakeServer.greeting([("in_hot_standby", "on")]) + [1, 2, 3])])
        let hosts = "host=127.0.0.1,127.0.0.1 port=\(primary.port),\(standby.port) user=u sslmode=disable"
        let server = try await connect("\(hosts) target_session_attrs=standby")
        #expect(server.address == "127.0.0.1:\(standby.port)")
        #expect(Array(server.leftover.readableBytesView) == [1, 2, 3])
        server.channel.closeAtOnce()

        let error = await #expect(throws: PostgresError.self) {
            try await connect(
                "host=127.0.0.1 port=\(primary.port) user=u sslmode=disable target_session_attrs=standby")
        }
        #expect(error?.message.hasSuffix("failed: server is not in hot standby mode") == true)
        let asked = try #require(primary.heard.last)
        #expect(String(decoding: asked, as: UTF8.self).contains("SELECT pg_catalog.pg_is_in_recovery()"))
        try await until("the primary receives Terminate") {
            primary.heard.last?.suffix(5) == [88, 0, 0, 0, 4]
        }

        let preferring = try await connect(
            "host=127.0.0.1 port=\(primary.port) user=u sslmode=disable target_session_attrs=prefer-standby")
        preferring.channel.closeAtOnce()
        try await primary.close()
        try await standby.close()
    }

    @Test func `The role of a server is checked when connecting`() async throws {
        let port = try await NetworkServer.plain.port
        let server = try await connect(
            "host=127.0.0.1 port=\(port) user=trusting dbname=postgres target_session_attrs=read-write")
        server.channel.closeAtOnce()
        let error = await #expect(throws: PostgresError.self) {
            try await connect("host=127.0.0.1 port=\(port) user=trusting dbname=postgres target_session_attrs=standby")
        }
        #expect(error?.message.hasSuffix("server is not in hot standby mode") == true)
    }

    @Test func `requirepeer checks the owner of a Unix socket`() async throws {
        let plain = try await NetworkServer.plain
        let base = "host=\(plain.socketFolder) port=\(plain.port) user=postgres dbname=postgres"
        let owner = try #require(
            try FileManager.default.attributesOfItem(atPath: plain.socketFolder)[.ownerAccountName] as? String)
        let server = try await connect("\(base) requirepeer=\(owner)")
        server.channel.closeAtOnce()
        let error = await #expect(throws: PostgresError.self) { try await connect("\(base) requirepeer=nobody-else") }
        #expect(error?.code == .configuration)
        #expect(
            error?.message.hasSuffix(#"requirepeer specifies "nobody-else", but actual peer user name is "\#(owner)""#)
                == true)
    }

    @Test func `A socket path that is too long is reported`() async throws {
        let path = "/" + String(repeating: "x", count: 120)
        let error = await #expect(throws: PostgresError.self) { try await connect("host=\(path) user=u") }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("is too long (maximum 107 bytes)") == true)
    }
}
