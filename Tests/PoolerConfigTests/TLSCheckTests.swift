import PoolerConfig
import Testing

/// Outcomes observed from PgBouncer 1.25.2, started once with each of these settings.
@Suite("TLS settings that are refused")
struct TLSCheckTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let lines: [String]
        let faults: [String]
        var testDescription: String { lines.joined(separator: "; ") }

        init(_ lines: String..., faults: [String] = []) { (self.lines, self.faults) = (lines, faults) }
    }

    static let files = "client_tls_sslmode = allow\nclient_tls_key_file = k\nclient_tls_cert_file = c"
    static let noFiles =
        "To allow TLS connections from clients, client_tls_key_file and client_tls_cert_file must be set."

    static let table: [Row] = [
        Row("server_tls_protocols = foo", faults: ["invalid server_tls_protocols: foo"]),
        Row("server_tls_protocols = tlsv1.2,,tlsv1.3", faults: ["invalid server_tls_protocols: tlsv1.2,,tlsv1.3"]),
        Row("server_tls_protocols = tlsv1.2 ", faults: []),
        Row("server_tls_protocols ="),
        Row("server_tls_protocols = tlsv1.2:!TLSv1.1, all"),
        Row("server_tls_protocols = secure"),
        Row("server_tls_sslmode = disable", "server_tls_protocols = foo"),
        Row("server_tls_ca_file = /nope", "server_tls_cert_file = /nope", "server_tls_key_file = /nope"),
        Row("client_tls_protocols = foo", "client_tls_ecdhcurve = foo", "client_tls_dheparams = foo"),
        Row("client_tls_sslmode = allow", faults: [noFiles]),
        Row("client_tls_sslmode = require", "client_tls_cert_file = c", faults: [noFiles]),
        Row(files),
        Row(files, "client_tls_protocols = foo", faults: ["invalid client_tls_protocols: foo"]),
        Row(files, "client_tls_dheparams = legacy", faults: ["invalid client_tls_dheparams: legacy"]),
        Row(files, "client_tls_dheparams = None"),
        Row(files, "client_tls_ecdhcurve = foo", faults: ["invalid client_tls_ecdhecurve: foo"]),
        Row(files, "client_tls_ecdhcurve = prime256v1"),
        Row(
            files, "client_tls_sslmode = verify-full", faults: ["client_tls_sslmode requires client_tls_ca_file"]),
        Row(files, "client_tls_sslmode = verify-ca"),
        Row(
            "auth_type = cert",
            faults: [
                "auth_type=cert requires client_tls_sslmode=SSLMODE_VERIFY_FULL",
                "auth_type=cert requires client_tls_ca_file",
            ]),
    ]

    @Test(arguments: table)
    func areNamedInPgBouncersWords(_ row: Row) throws {
        let settings = try load("[pgbouncer]\n" + row.lines.joined(separator: "\n")).settings
        #expect(settings.tlsFaults == row.faults)
    }

    @Test func theFilesForClientsAreReadUnlessTLSIsDisabled() throws {
        let files = "client_tls_key_file = k\nclient_tls_cert_file = c\nclient_tls_ca_file = a"
        #expect(try load("[pgbouncer]\n\(files)").settings.clientTLSFiles.isEmpty)
        let settings = try load("[pgbouncer]\nclient_tls_sslmode = prefer\n\(files)").settings
        #expect(settings.clientTLSFiles.map(\.path) == ["c", "k", "a"])
        #expect(
            settings.clientTLSFiles.first?.fault("No such file or directory")
                == "TLS setup failed: failed to load certificate file \"c\": No such file or directory")
    }

    @Test func aFileMustHoldWhatItIsFor() throws {
        let settings = try load(
            "[pgbouncer]\nclient_tls_sslmode = prefer\nclient_tls_key_file = k\nclient_tls_cert_file = c"
        ).settings
        let certificate = Array("text\r\n-----BEGIN CERTIFICATE-----\r\nMA==\n".utf8)
        let key = Array("-----BEGIN EC PRIVATE KEY-----\nMA==\n".utf8)
        #expect(settings.clientTLSFiles.map { $0.isPlausible(certificate) } == [true, false])
        #expect(settings.clientTLSFiles.map { $0.isPlausible(key) } == [false, true])
        #expect(settings.clientTLSFiles.map { $0.isPlausible(Array("root:x:0:0".utf8)) } == [false, false])
        #expect(settings.clientTLSFiles.map { $0.isPlausible([]) } == [false, false])
    }
}
