extension ConnectionString {
    /// One of the servers a connection string names, to be tried in order.
    public struct Server: Hashable, Sendable {
        /// A host name, an IP address, or a socket directory (beginning with `/`, or `@` for an abstract socket); `nil`
        /// if none was given, which means the system's default socket directory.
        public var host: String?
        /// An IP address that spares the look-up of ``host``.
        public var address: String?
        /// The TCP port, or the number in the socket's name: 1…65535.
        public var port: Int

        /// The port of a server that names none.
        public static let defaultPort = 5432

        /// Names a server.
        public init(host: String? = nil, address: String? = nil, port: Int = defaultPort) {
            self.host = host
            self.address = address
            self.port = port
        }

        /// Whether a Unix socket leads there. `sslmode` and keepalives mean nothing then.
        public var isUnixSocket: Bool {
            guard address == nil else { return false }
            guard let host else { return true }
            return host.hasPrefix("/") || host.hasPrefix("@")
        }

        /// The path of its Unix socket, with `@` in front if it is an abstract one; `nil` if it is reached by TCP.
        ///
        /// - Parameter directory: the default, ``ClientEnvironment/socketDirectory``.
        public func socketPath(in directory: String) -> String? {
            isUnixSocket ? "\(host ?? directory)/.s.PGSQL.\(port)" : nil
        }
    }

    /// The servers that ``Keyword/host``, ``Keyword/hostaddr`` and ``Keyword/port`` name; one, all defaults, if they
    /// name none.
    ///
    /// The number of servers is that of `hostaddr`, or else that of `host`. One port serves all of them.
    ///
    /// - Throws: ``ServerListError``, as libpq does when it connects.
    /// - Complexity: O(*n*)
    public func servers() throws(ServerListError) -> [Server] {
        try ServerList(self).servers()
    }
}

/// The three lists that name servers, matched with each other.
struct ServerList {
    private let hosts: [String?]?
    private let addresses: [String?]?
    /// One for each server, as they were given; `nil` for the default.
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

    /// The items between the commas, `nil` for an empty one; `nil` if there is no list at all.
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
    /// C's idea of a number: blanks around it and a sign are fine.
    init?(likeC text: String) {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || (9...13).contains(byte) }
        let trimmed = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        self.init(String(decoding: trimmed, as: UTF8.self))
    }
}

/// Why the servers of a connection string could not be told.
///
/// Descriptions use libpq's words.
public enum ServerListError: Error, Hashable, Sendable {
    /// Several ports, but not one for each host.
    case portCount(ports: Int, hosts: Int)
    /// `host` and `hostaddr` are lists of different length.
    case hostCount(hosts: Int, addresses: Int)
    /// A port is not a whole number.
    case portNotANumber(String)
    /// A port is not in 1…65535.
    case portOutOfRange(String)
}

extension ServerListError: CustomStringConvertible {
    /// The message libpq 18 would give.
    public var description: String {
        switch self {
        case .portCount(let ports, let hosts): "could not match \(ports) port numbers to \(hosts) hosts"
        case .hostCount(let hosts, let addresses): "could not match \(hosts) host names to \(addresses) hostaddr values"
        case .portNotANumber(let text): "invalid integer value \"\(text)\" for connection option \"port\""
        case .portOutOfRange(let text): "invalid port number: \"\(text)\""
        }
    }
}
