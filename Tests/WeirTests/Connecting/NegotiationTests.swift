import Foundation
import NIOCore
import NIOSSL
import Testing
import Weir

/// sslmode against servers with and without TLS, compared with what psql (libpq) does.
@Suite(.onlyDirectly, .limited) struct NegotiationTests {
    enum Outcome: String, Sendable { case plain = "f", tls = "t", fails }

    struct Row: Sendable, CustomTestStringConvertible {
        let mode: String
        let user: String
        let hasTLS: Bool
        let outcome: Outcome
        var testDescription: String { "\(mode), \(user), ssl \(hasTLS ? "on" : "off")" }
    }

    static let table: [Row] = [
        ("disable", [.plain, .plain, .fails, .plain]), ("allow", [.plain, .plain, .tls, .plain]),
        ("prefer", [.plain, .tls, .tls, .plain]), ("require", [.fails, .tls, .tls, .fails]),
        ("verify-ca", [.fails, .tls, .tls, .fails]), ("verify-full", [.fails, .tls, .tls, .fails]),
    ].flatMap { mode, outcomes in
        zip([("trusting", false), ("trusting", true), ("only_ssl", true), ("only_plain", true)], outcomes).map {
            Row(mode: mode, user: $0.0, hasTLS: $0.1, outcome: $1)
        }
    }

    @Test(arguments: table)
    func `sslmode has the same meaning as in libpq`(row: Row) async throws {
        let server = row.hasTLS ? try await NetworkServer.tls : try await NetworkServer.plain
        let string =
            "host=db.example.com hostaddr=127.0.0.1 port=\(server.port) user=\(row.user) dbname=postgres "
            + "sslmode=\(row.mode) sslrootcert=\(server.certificates.path("root.crt"))"
        switch try await outcome(of: string) {
        case .success(let connected): #expect((try await isEncrypted(connected) ? .tls : .plain) == row.outcome)
        case .failure: #expect(row.outcome == .fails)
        }
        #expect(try psql(string) == row.outcome)
    }

    /// `want`: `nil` for success, or words that the message has to hold.
    @Test(arguments: [
        ("sslmode=verify-full host=127.0.0.1", nil),
        ("sslmode=verify-full host=db.example.com hostaddr=127.0.0.1", nil),
        ("sslmode=verify-full host=x.wild.example.com hostaddr=127.0.0.1", nil),
        ("sslmode=verify-full host=x.y.wild.example.com hostaddr=127.0.0.1", "does not match host name"),
        ("sslmode=verify-full host=localhost hostaddr=127.0.0.1", "does not match host name \"localhost\""),
        ("sslmode=verify-full hostaddr=127.0.0.1", "host name must be specified for a verified SSL connection"),
        ("sslmode=verify-ca host=localhost hostaddr=127.0.0.1", nil),
        ("sslmode=verify-ca host=127.0.0.1 sslrootcert=ROOT/other-root.crt", "certificate verify failed"),
        ("sslmode=require host=127.0.0.1 sslrootcert=ROOT/other-root.crt", "certificate verify failed"),
        ("sslmode=require host=127.0.0.1 sslrootcert=ROOT/none.crt", nil),
        ("sslmode=verify-ca host=127.0.0.1 sslrootcert=ROOT/none.crt", "none.crt\" does not exist"),
        ("sslmode=verify-full host=127.0.0.1 sslrootcert=system", "certificate verify failed"),
        ("sslmode=require host=127.0.0.1 ssl_min_protocol_version=TLSv1.3", nil),
        ("sslmode=require host=127.0.0.1 ssl_max_protocol_version=TLSv1.2", nil),
        ("sslmode=require host=127.0.0.1 channel_binding=require", "channel binding required"),
        ("sslmode=require host=127.0.0.1 user=scram channel_binding=require", nil),
        ("sslmode=require host=127.0.0.1 user=scram channel_binding=require ssl_max_protocol_version=TLSv1.2", nil),
        ("sslmode=require host=127.0.0.1 user=scram channel_binding=disable", nil),
        ("sslmode=disable host=127.0.0.1 user=scram channel_binding=require", "channel binding is required"),
        ("sslmode=require host=127.0.0.1 user=hashing channel_binding=require", "channel binding required"),
        ("sslmode=require host=127.0.0.1 user=certified sslcert=ROOT/client.crt sslkey=ROOT/client.key", nil),
        (
            "sslmode=require host=127.0.0.1 user=certified sslcert=ROOT/client.crt sslkey=ROOT/client-locked.key sslpassword=open",
            nil
        ),
        (
            "sslmode=require host=127.0.0.1 user=certified sslcert=ROOT/client.crt sslkey=ROOT/client-locked.key sslpassword=shut",
            "could not load private key file"
        ),
        (
            "sslmode=require host=127.0.0.1 user=certified sslcert=ROOT/client.crt sslkey=ROOT/client-locked.key",
            "could not load private key file"
        ),
        (
            "sslmode=require host=127.0.0.1 user=certified sslcert=ROOT/client.crt sslkey=ROOT/readable.key",
            "has group or world access"
        ),
        (
            "sslmode=require host=127.0.0.1 user=certified sslcert=ROOT/client.crt sslkey=ROOT/none.key",
            "certificate present, but not private key file"
        ),
        (
            "sslmode=require host=127.0.0.1 user=certified sslcert=ROOT/none.crt",
            "connection requires a valid client certificate"
        ),
        (
            "sslmode=require host=127.0.0.1 user=certified sslcert=ROOT/client.crt sslkey=ROOT/client.key sslcertmode=disable",
            "connection requires a valid client certificate"
        ),
    ])
    func `Certificates and channel binding are checked as by libpq`(options: String, words: String?) async throws {
        let server = try await NetworkServer.tls
        let string =
            "port=\(server.port) user=trusting password=secret dbname=postgres "
            + "sslrootcert=\(server.certificates.path("root.crt")) "
            + options.replacing("ROOT/", with: server.certificates.path(""))
        switch try await outcome(of: string) {
        case .success(let connected):
            #expect(words == nil)
            connected.channel.closeAtOnce()
        case .failure(let error):
            #expect(words.map { error.message.contains($0) } == true, "\(error.message)")
            #expect(!"\(error)".contains("shut"))
        }
        // Older libpq knows no sslrootcert=system and no sslcertmode.
        guard !options.contains("=system"), !options.contains("sslcertmode") else { return }
        #expect((try psql(string) == .fails) == (words != nil), "psql")
    }

    @Test(arguments: [
        ("sslcertmode=require", "server accepted connection without a valid SSL certificate"),
        ("sslcertmode=require sslcert=ROOT/client.crt sslkey=ROOT/client.key", nil),
        ("sslcrl=ROOT/revoked.crl sslrootcert=ROOT/root.crt", "cannot be checked: sslcrl is not supported"),
        ("sslcrl=ROOT/revoked.crl", nil),  // nothing is verified, so there is nothing to revoke
    ])
    func `Options that psql 15 does not know`(options: String, words: String?) async throws {
        let server = try await NetworkServer.tls
        let string =
            "host=127.0.0.1 port=\(server.port) user=trusting dbname=postgres sslmode=require "
            + options.replacing("ROOT/", with: server.certificates.path(""))
        switch try await outcome(of: string) {
        case .success(let connected):
            #expect(words == nil)
            connected.channel.closeAtOnce()
        case .failure(let error): #expect(words.map { error.message.contains($0) } == true, "\(error.message)")
        }
    }

    @Test func `sslkeylogfile receives the keys`() async throws {
        let server = try await NetworkServer.tls
        let path = server.certificates.path("keys-\(UInt32.random(in: 0 ... .max)).log")
        let connected = try await connect(
            "host=127.0.0.1 port=\(server.port) user=trusting dbname=postgres sslmode=require sslkeylogfile=\(path)")
        connected.channel.closeAtOnce()
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("CLIENT_TRAFFIC_SECRET_0 "))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    private func isEncrypted(_ server: ConnectedServer) async throws -> Bool {
        defer { server.channel.closeAtOnce() }
        return try await server.channel.eventLoop.submit {
            (try? server.channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)) != nil
        }.get()
    }

    private func psql(_ string: String) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "psql", "-XAtc", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", string,
        ]
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nowhere"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Outcome(rawValue: said.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .fails
    }
}
