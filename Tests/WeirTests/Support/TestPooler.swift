import DevPostgres
import Foundation
import Glibc
import PGConnInfo
import WeirTestSupport

/// A `weir serve` between the tests and PostgreSQL.
final class TestPooler {
    /// The program that `WEIR_TEST_THROUGH` names.
    static var program: String? {
        ProcessInfo.processInfo.environment["WEIR_TEST_THROUGH"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where clients connect, as to a PostgreSQL.
    let server: TestServer
    private let process = Process()

    /// Starts it, and returns when it accepts connections.
    ///
    /// - Parameter folder: where it may write; it belongs to the account that runs PostgreSQL.
    init(_ program: String, before postgres: TestServer, mode: String, in folder: StateFolder) throws {
        let sockets = "\(folder.path)/pooler-\(mode)", port = 6432
        server = TestServer(
            socketFolder: sockets, port: port, majorVersion: postgres.majorVersion, isPooler: mode == "session")
        try FileManager.default.createDirectory(atPath: sockets, withIntermediateDirectories: true)
        try Self.handOver(sockets, to: folder.account)
        let users = try Self.write("\"postgres\" \"\"\n", to: "\(sockets)/users.txt", for: folder.account)
        let settings = """
            [databases]
            * = host=\(postgres.socketFolder) port=\(postgres.port)
            [pgbouncer]
            listen_addr =
            listen_port = \(port)
            unix_socket_dir = \(sockets)
            auth_type = trust
            auth_file = \(users)
            pool_mode = \(mode)
            logfile = \(sockets)/log
            max_client_conn = 2000
            default_pool_size = \(mode == "session" ? 400 : 5)

            """
        let file = try Self.write(settings, to: "\(sockets)/weir.ini", for: folder.account)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", file] + (geteuid() == 0 ? ["-u", folder.account.name] : [])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let path = server.socketPath
        if Starting.poll(process, isReady: { Self.isListening(path) }) { return }
        stop()
        throw ProgramFailure(
            program: program, said: (try? String(contentsOfFile: "\(sockets)/log", encoding: .utf8)) ?? "no log")
    }

    /// The socket's file is there a moment before the socket listens.
    private static func isListening(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: path.utf8.prefix($0.count - 1))
        }
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    func stop() { process.end(with: SIGQUIT) }

    private static func write(_ text: String, to path: String, for account: ProgramAccount) throws -> String {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try handOver(path, to: account)
        return path
    }

    private static func handOver(_ path: String, to account: ProgramAccount) throws {
        guard unsafe geteuid() != 0 || chown(path, account.user, account.group) == 0 else {
            throw ProgramFailure(program: "chown", said: path)
        }
    }
}
