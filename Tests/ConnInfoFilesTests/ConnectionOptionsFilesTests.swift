import ConnInfoFiles
import Foundation
import PGConnInfo
import Testing

/// The expectations were observed from libpq 18.
@Suite final class ConnectionOptionsFilesTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "weir-conninfo-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let path = "\(folder)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func load(_ string: String, _ variables: [String: String] = [:]) throws -> (ConnectionOptions, [String]) {
        var environment = ClientEnvironment(variables: variables, systemUser: "me", homeDirectory: folder)
        environment.systemDirectory = "\(folder)/system"
        var warnings: [String] = []
        let options = try ConnectionOptions(reading: try ConnectionString(string), environment: environment) {
            warnings.append($0)
        }
        return (options, warnings)
    }

    private func passwords(_ options: ConnectionOptions) -> [String?] {
        options.hosts.map { $0.password.map { String(decoding: $0.bytes, as: UTF8.self) } }
    }

    @Test func `A service is read from the file that PGSERVICEFILE names, then from the home directory`() throws {
        try write("[shop]\nhost=home\nport=1\n", to: ".pg_service.conf")
        #expect(try load("service=shop").0.hosts.map(\.server.host) == ["home"])
        try write("[shop]\nhost=named\n", to: "services")
        let variables = ["PGSERVICEFILE": "\(folder)/services"]
        #expect(try load("service=shop", variables).0.hosts.map(\.server.host) == ["named"])
        #expect(throws: ConnectionOptionsError.service(.serviceNotFound("none"))) {
            try load("service=none", variables)
        }
    }

    @Test func `Each host has its own password in the password file`() throws {
        try write("a:*:*:me:first\nb:*:*:me:second\n", to: ".pgpass")
        let (options, warnings) = try load("host=a,b,c")
        #expect(passwords(options) == ["first", "second", nil])
        #expect(warnings == [])
        #expect(passwords(try load("host=a password=own").0) == ["own"])
        try write("*:*:*:*:third\n", to: "other")
        #expect(passwords(try load("host=a passfile=\(folder)/other").0) == ["third"])
    }

    @Test(arguments: [0o640, 0o604, 0o660]) func `A password file that others may read is ignored with a warning`(
        mode: Int
    ) throws {
        try write("*:*:*:*:secret\n", to: ".pgpass", mode: mode)
        let (options, warnings) = try load("host=a")
        #expect(passwords(options) == [nil])
        #expect(
            warnings == [
                "password file \"\(folder)/.pgpass\" has group or world access; permissions should be u=rw (0600) or less"
            ])
    }

    @Test func `A folder is not a password file, and a missing file is allowed`() throws {
        #expect(try load("host=a").1 == [])
        try FileManager.default.createDirectory(atPath: "\(folder)/.pgpass", withIntermediateDirectories: true)
        #expect(try load("host=a").1 == ["password file \"\(folder)/.pgpass\" is not a plain file"])
    }

    @Test func `The process reads its user and its environment`() {
        let environment = ClientEnvironment.process
        #expect(environment.systemUser == NSUserName())
        #expect(environment.variables["PATH"] == ProcessInfo.processInfo.environment["PATH"])
    }
}
