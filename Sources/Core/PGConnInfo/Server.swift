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
    }

    /// The servers that ``Keyword/host``, ``Keyword/hostaddr`` and ``Keyword/port`` name; one, all defaults, if they
    /// name none.
    ///
    /// The number of servers is that of `hostaddr`, or else that of `host`. One port serves all of them.
    ///
    /// - Throws: ``ServerListError``, as libpq does when it connects.
    /// - Complexity: O(*n*)
    public func servers() throws(ServerListError) -> [Server] {
        let addresses = list(.hostaddr)
        let hosts = list(.host)
        if let addresses, let hosts, addresses.count != hosts.count {
            throw .hostCount(hosts: hosts.count, addresses: addresses.count)
        }
        let count = (addresses ?? hosts)?.count ?? 1
        let ports = list(.port) ?? [nil]
        guard ports.count == 1 || ports.count == count else { throw .portCount(ports: ports.count, hosts: count) }

        var servers: [Server] = []
        for index in 0..<count {
            let port = try Self.port(ports[ports.count == 1 ? 0 : index])
            servers.append(Server(host: hosts?[index], address: addresses?[index], port: port))
        }
        return servers
    }

    /// The items between the commas, `nil` for an empty one; `nil` if there is no list at all.
    private func list(_ keyword: Keyword) -> [String?]? {
        guard let value = self[keyword], !value.isEmpty else { return nil }
        return value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            $0.isEmpty ? nil : String(Substring($0))
        }
    }

    /// C's idea of a number: blanks around it and a sign are fine.
    private static func port(_ text: String?) throws(ServerListError) -> Int {
        guard let text else { return Server.defaultPort }
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || (9...13).contains(byte) }
        let trimmed = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        guard let number = Int32(String(decoding: trimmed, as: UTF8.self)) else { throw .portNotANumber(text) }
        guard (1...65535).contains(number) else { throw .portOutOfRange(text) }
        return Int(number)
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
