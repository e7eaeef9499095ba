import DevPostgres
import Foundation
import Glibc
import Synchronization
import WeirTestSupport

/// A PostgreSQL that listens on TCP and on a Unix socket, with or without TLS, and authenticates each role in another way.
///
/// Roles: `trusting`, `hashing` (md5), `clear` (password), `scram`, `only_ssl` and `only_plain` (trusted, but only with
/// TLS or without), `certified` (needs a client certificate), and `postgres` (trusted, on the socket only). Every
/// password is `secret`.
struct NetworkServer: Sendable {
    let port: Int
    /// What to give as `host` for the Unix socket.
    let socketFolder: String
    /// What to give as `host` for the abstract one.
    var abstractSocket: String { "@weir-test-\(port)" }
    /// Where the certificates are.
    let certificates: TestCertificates
    let majorVersion: Int

    /// With `ssl=on`; started by the first that asks.
    static var tls: NetworkServer { get async throws { try await server(ssl: true) } }
    /// With `ssl=off`.
    static var plain: NetworkServer { get async throws { try await server(ssl: false) } }

    private static func server(ssl: Bool) async throws -> NetworkServer {
        try await Starting.wait { try RunningServers.shared.withLock { try $0.server(ssl: ssl) } }
    }
}

/// The servers of this process, which end with it.
private struct RunningServers {
    static let shared = Mutex(RunningServers())

    private var template: Template?
    private var processes: [Process] = []
    private var servers: [Bool: NetworkServer] = [:]

    mutating func server(ssl: Bool) throws -> NetworkServer {
        if let server = servers[ssl] { return server }
        if template == nil {
            template = try Template()
            Cleanup.atEnd { RunningServers.shared.withLock { $0.stop() } }
        }
        guard let template else { throw ProgramFailure(program: "initdb", said: "") }
        let data = "\(template.folder.path)/\(ssl ? "tls" : "plain")"
        try template.run(["/bin/cp", "-a", template.data, data])
        let port = try Self.freePort()
        let process = try template.start(data: data, port: port, ssl: ssl)
        processes.append(process)
        let server = NetworkServer(
            port: port, socketFolder: data, certificates: template.certificates, majorVersion: template.version)
        servers[ssl] = server
        return server
    }

    private mutating func stop() {
        for process in processes { process.end(with: SIGQUIT) }
        processes = []
        template?.folder.release()
    }

    /// A port that was free when it was chosen.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(UInt32(0x7F00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw ProgramFailure(program: "bind", said: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// A program that failed.
struct ProgramFailure: Error {
    let program: String, said: String
}

/// A cluster that never runs itself: each server gets a copy.
private struct Template {
    let folder: StateFolder
    let data: String
    let certificates: TestCertificates
    let version: Int
    private let programs: PostgresInstallation

    init() throws {
        let account = try ProgramAccount.unprivileged()
        folder = try StateFolder(.ephemeral(in: StateFolder.temporaryDirectory()), account: account)
        guard let programs = try PostgresInstallation.all(in: TestPrograms.folder).first else {
            throw ProgramFailure(program: "postgres", said: "not found")
        }
        self.programs = programs
        version = programs.version.major
        data = "\(folder.path)/template"
        certificates = try TestCertificates(in: "\(folder.path)/certificates")
        try run([
            programs.program("initdb"), "-D", data, "-U", "postgres", "-E", "UTF8", "--no-sync", "--auth", "trust",
        ])
        try write(Self.access, to: "pg_hba.conf")
        for name in ["server.crt", "server.key", "root.crt"] {
            try write(String(contentsOfFile: certificates.path(name), encoding: .utf8), to: name)
        }
        try run([programs.program("postgres"), "--single", "-D", data, "postgres"], input: Self.roles)
    }

    private static let roles = """
        CREATE ROLE trusting LOGIN;
        CREATE ROLE only_ssl LOGIN;
        CREATE ROLE only_plain LOGIN;
        CREATE ROLE certified LOGIN;
        CREATE ROLE clear LOGIN PASSWORD 'secret';
        CREATE ROLE scram LOGIN PASSWORD 'secret';
        SET password_encryption = md5;
        CREATE ROLE hashing LOGIN PASSWORD 'secret';

        """

    private static let access = """
        local     all postgres                trust
        local     all scram                   scram-sha-256
        host      all trusting   127.0.0.1/32 trust
        host      all hashing    127.0.0.1/32 md5
        host      all clear      127.0.0.1/32 password
        host      all scram      127.0.0.1/32 scram-sha-256
        hostssl   all only_ssl   127.0.0.1/32 trust
        hostnossl all only_plain 127.0.0.1/32 trust
        hostssl   all certified  127.0.0.1/32 cert

        """

    private func write(_ text: String, to name: String) throws {
        let path = "\(data)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        guard unsafe chmod(path, 0o600) == 0, unsafe chown(path, folder.account.user, folder.account.group) == 0 else {
            throw ProgramFailure(program: "chown", said: path)
        }
    }

    func start(data: String, port: Int, ssl: Bool) throws -> Process {
        var command = [
            programs.program("postgres"), "-D", data, "-k", "\(data),@weir-test-\(port)", "-p", String(port),
        ]
        let settings = [
            "listen_addresses=127.0.0.1", "fsync=off", "ssl=\(ssl ? "on" : "off")", "max_connections=50",
            "ssl_ca_file=root.crt", "logging_collector=off",
        ]
        for setting in settings { command += ["-c", setting] }
        let log = "\(folder.path)/\(port).log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let process = process(command)
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        let isReady = Starting.poll(process) {
            (try? String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8))?.contains("\nready") == true
        }
        if isReady { return process }
        process.terminate()
        throw ProgramFailure(program: "postgres", said: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
    }

    func run(_ command: [String], input: String = "") throws {
        let process = process(command)
        let (stdin, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, output, output)
        try process.run()
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ProgramFailure(program: command[0], said: said) }
    }

    /// PostgreSQL refuses to run as root.
    private func process(_ command: [String]) -> Process {
        let account = folder.account
        let prefix =
            geteuid() == account.user
            ? [] : ["/usr/bin/setpriv", "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--"]
        let words = prefix + command
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        return process
    }
}
