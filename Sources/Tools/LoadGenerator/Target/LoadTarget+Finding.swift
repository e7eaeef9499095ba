import ConnInfoFiles
import IOEngine
import PGAuth
package import PGConnInfo

extension LoadTarget {
    /// The directories searched for a server's Unix socket: Debian's libpq's, and PostgreSQL's own default.
    private static let socketDirectories = ["/var/run/postgresql", "/tmp"]

    /// Creates a target from a connection string and the environment.
    ///
    /// It calls the system's resolver, which blocks.
    ///
    /// - Parameter text: a URI, keywords and values, or the name of a database; `nil` to use only the environment.
    package init(_ text: String?, environment: ClientEnvironment = .process) throws(TargetError) {
        let string: ConnectionString
        do throws(ConnInfoError) {
            string = try ConnectionString(databaseOrString: text ?? "")
        } catch {
            throw .connectionString(error)
        }
        let files = ServiceFile.files(for: string, in: environment)
        let parameters = try TargetParameters(string, environment: environment, serviceFiles: files)
        let options = parameters.options
        var addresses: [SocketAddress] = []
        for host in options.hosts { addresses += try Self.addresses(of: host.server) }
        self.init(
            addresses: addresses, user: options.user, database: options.dbname, password: Self.password(options),
            parameters: parameters.startupParameters, connectTimeout: parameters.connectTimeout,
            description: Self.describe(options))
    }

    private static func addresses(of server: ConnectionString.Server) throws(TargetError) -> [SocketAddress] {
        let port = UInt16(truncatingIfNeeded: server.port)
        if let address = server.address {
            guard let address = SocketAddress(numericHost: address, port: port) else { throw .badAddress(address) }
            return [address]
        }
        guard let host = server.host else { return [.unix(path: defaultSocket(of: server), pid: 0)] }
        if let path = server.socketPath(in: host) { return [.unix(path: path, pid: 0)] }
        if let address = SocketAddress(numericHost: host, port: port) { return [address] }
        switch SocketAddress.resolve(host, port: port) {
        case .success(let addresses): return addresses
        case .failure(let error): throw .unknownHost(host, reason: error.reason)
        }
    }

    private static func defaultSocket(of server: ConnectionString.Server) -> String {
        let paths = socketDirectories.map { server.socketPath(in: $0) ?? $0 }
        return paths.first { LocalFile.exists($0) } ?? paths[0]
    }

    /// The first password in the string or the password file for one of the servers.
    private static func password(_ options: ConnectionOptions) -> PlainPassword? {
        var options = options
        options.readPasswords { _ in }
        return options.hosts.compactMap(\.password).first.map { PlainPassword($0.bytes) }
    }

    private static func describe(_ options: ConnectionOptions) -> String {
        let hosts = options.hosts.map(\.server).map { server in
            "\(server.host ?? server.address ?? "local socket"):\(server.port)"
        }
        return "\(options.user)@\(hosts.joined(separator: ","))/\(options.dbname)"
    }
}
