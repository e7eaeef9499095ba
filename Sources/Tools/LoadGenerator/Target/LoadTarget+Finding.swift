import Foundation
import Glibc
import IOEngine
import PGAuth
import PGConnInfo

extension LoadTarget {
    /// Directories in which a server's Unix socket is looked for: Debian's libpq's, and PostgreSQL's own default.
    private static let socketDirectories = ["/var/run/postgresql", "/tmp"]

    /// The target that a connection string and the environment name.
    ///
    /// Asks the system's resolver, and blocks meanwhile.
    ///
    /// - Parameter text: a URI, keywords and values, or the name of a database; `nil` if the environment says it all.
    package init(_ text: String?, environment: [String: String] = ProcessInfo.processInfo.environment)
        throws(TargetError)
    {
        let parameters = try TargetParameters(text, environment: environment, systemUser: NSUserName())
        let servers = try parameters.servers()
        var addresses: [SocketAddress] = []
        for server in servers { addresses += try Self.addresses(of: server) }
        self.init(
            addresses: addresses, user: parameters.user, database: parameters.database,
            password: Self.password(parameters, servers, environment), parameters: parameters.startupParameters,
            connectTimeout: try parameters.connectTimeout(),
            description: Self.describe(parameters, servers, addresses))
    }

    private static func addresses(of server: ConnectionString.Server) throws(TargetError) -> [SocketAddress] {
        let port = UInt16(truncatingIfNeeded: server.port)
        if let address = server.address {
            guard let address = SocketAddress(numericHost: address, port: port) else { throw .badAddress(address) }
            return [address]
        }
        guard let host = server.host else { return [.unix(path: socketPath(port: server.port), pid: 0)] }
        if host.hasPrefix("/") || host.hasPrefix("@") {
            return [.unix(path: "\(host)/.s.PGSQL.\(server.port)", pid: 0)]
        }
        if let address = SocketAddress(numericHost: host, port: port) { return [address] }
        switch SocketAddress.resolve(host, port: port) {
        case .success(let addresses): return addresses
        case .failure(let error): throw .unknownHost(host, reason: error.reason)
        }
    }

    private static func socketPath(port: Int) -> String {
        let paths = socketDirectories.map { "\($0)/.s.PGSQL.\(port)" }
        return paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
    }

    private static func password(
        _ parameters: TargetParameters, _ servers: [ConnectionString.Server], _ environment: [String: String]
    ) -> PlainPassword? {
        if let password = parameters.value(.password) { return PlainPassword(Array(password.utf8)) }
        let path = parameters.value(.passfile) ?? "\(environment["HOME"] ?? NSHomeDirectory())/.pgpass"
        guard let text = privateFile(path) else { return nil }
        for server in servers {
            let host = server.host ?? server.address
            let isDefault = host.map(socketDirectories.contains) ?? true
            let password = PasswordFile.password(
                in: text, host: isDefault ? "localhost" : host ?? "localhost", port: server.port,
                database: parameters.database, user: parameters.user)
            if let password { return PlainPassword(password) }
        }
        return nil
    }

    /// The text of a file that only its owner may read; libpq ignores others, too.
    private static func privateFile(_ path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0 else {
            return nil
        }
        return try? String(contentsOfFile: path, encoding: .utf8)
    }

    private static func describe(
        _ parameters: TargetParameters, _ servers: [ConnectionString.Server], _ addresses: [SocketAddress]
    ) -> String {
        let hosts = servers.map { server in
            "\(server.host ?? server.address ?? "local socket"):\(server.port)"
        }
        return "\(parameters.user)@\(hosts.joined(separator: ","))/\(parameters.database)"
    }
}
