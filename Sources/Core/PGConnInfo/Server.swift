extension ConnectionString {
    /// One of the servers in a connection string.
    public struct Server: Hashable, Sendable {
        /// A host name, an IP address, or a socket directory (beginning with `/`, or `@` for an abstract socket); `nil`
        /// if none was given, which means the system's default socket directory.
        public var host: String?
        /// An IP address that replaces the lookup of ``host``.
        public var address: String?
        /// The TCP port, or the number in the socket's name: 1…65535.
        public var port: Int

        /// The port of a server for which none was given.
        public static let defaultPort = 5432

        /// Creates a server.
        public init(host: String? = nil, address: String? = nil, port: Int = defaultPort) {
            self.host = host
            self.address = address
            self.port = port
        }

        /// Whether the server is reached through a Unix socket. `sslmode` and keepalives are ignored then.
        public var isUnixSocket: Bool {
            guard address == nil else { return false }
            guard let host else { return true }
            return host.hasPrefix("/") || host.hasPrefix("@")
        }

        /// The path of the Unix socket, beginning with `@` for an abstract one; `nil` if the server is reached through
        /// TCP.
        ///
        /// - Parameter directory: the default, ``ClientEnvironment/socketDirectory``.
        public func socketPath(in directory: String) -> String? {
            isUnixSocket ? "\(host ?? directory)/.s.PGSQL.\(port)" : nil
        }
    }

    /// The servers that ``Keyword/host``, ``Keyword/hostaddr`` and ``Keyword/port`` list; if they list none, one server
    /// with all defaults.
    ///
    /// The number of servers is that of `hostaddr`, or else that of `host`. A single port applies to all of them.
    ///
    /// - Throws: ``ServerListError``, as libpq does when it connects.
    /// - Complexity: O(*n*)
    public func servers() throws(ServerListError) -> [Server] {
        try ServerList(self).servers()
    }
}

/// The lists of hosts, addresses and ports, matched with each other.
struct ServerList {
    private let hosts: [String?]?
    private let addresses: [String?]?
    /// The ports as they were given, one for each server; `nil` for the default.
    let ports: [String?]
    private let hidesPorts: Bool

    init(_ string: ConnectionString) throws(ServerListError) {
        hosts = Self.list(string[.host])
        addresses = Self.list(string[.hostaddr])
        if let addresses, let hosts, addresses.count != hosts.count {
            throw .hostCount(hosts: hosts.count, addresses: addresses.count)
        }
        let count = (addresses ?? hosts)?.count ?? 1
        let ports = Self.list(string[.port]) ?? [nil]
        guard ports.count == 1 || ports.count == count else { throw .portCount(ports: ports.count, hosts: count) }
        self.ports = ports.count == 1 ? Array(repeating: ports[0], count: count) : ports
        hidesPorts = string.hasMisplacedPassword
    }

    func servers() throws(ServerListError) -> [ConnectionString.Server] {
        var servers: [ConnectionString.Server] = []
        for (index, port) in ports.enumerated() {
            let port = try self.port(port)
            servers.append(ConnectionString.Server(host: hosts?[index], address: addresses?[index], port: port))
        }
        return servers
    }

    /// The comma-separated items, `nil` for an empty one; the result is `nil` if there is no list.
    private static func list(_ value: String?) -> [String?]? {
        guard let value, !value.isEmpty else { return nil }
        return value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            $0.isEmpty ? nil : String(Substring($0))
        }
    }

    private func port(_ text: String?) throws(ServerListError) -> Int {
        guard let text else { return ConnectionString.Server.defaultPort }
        let shown = hidesPorts ? Redaction.mask : text
        guard let number = Int32(likeC: text) else { throw .portNotANumber(shown) }
        guard (1...65535).contains(number) else { throw .portOutOfRange(shown) }
        return Int(number)
    }
}

extension Int32 {
    /// Parses a number as C does: blanks around it and a sign are allowed.
    init?(likeC text: String) {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || (9...13).contains(byte) }
        let trimmed = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        self.init(String(decoding: trimmed, as: UTF8.self))
    }
}

/// The error thrown when the server list of a connection string is invalid.
///
/// Descriptions use libpq's words.
public enum ServerListError: Error, Hashable, Sendable {
    /// There are several ports, but not one for each host.
    /// `host` and `hostaddr` are lists of different lengths.
    case portCount(ports: Int, hosts: Int)
    /// `host` and `hostaddr` are lists of different length.
    case hostCount(hosts: Int, addresses: Int)
    /// A port is not an integer.
    case portNotANumber(String)
    /// A port is not in 1…65535.
    case portOutOfRange(String)
}

extension ServerListError: CustomStringConvertible {
    /// The message that libpq 18 gives.
    public var description: String {
        switch self {
        case .portCount(let ports, let hosts): "could not match \(ports) port numbers to \(hosts) hosts"
        case .hostCount(let hosts, let addresses): "could not match \(hosts) host names to \(addresses) hostaddr values"
        case .portNotANumber(let text): "invalid integer value \"\(text)\" for connection option \"port\""
        case .portOutOfRange(let text): "invalid port number: \"\(text)\""
        }
    }
}
