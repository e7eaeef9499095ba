/// Parses `postgresql://[user[:password]@][host[:port],…][/dbname][?keyword=value&…]`
///
/// Unlike in RFC 3986, the first `@` ends the user part unless a `/` comes before it, there is no fragment, there may
/// be several hosts, and blanks around a value are trimmed.
struct URIParser {
    private let bytes: [UInt8]
    private var position: Int
    private var table: OptionTable
    /// Whether a password probably contains an unencoded `@` or `/`, so that pieces of it are in the hosts, the ports
    /// and the database.
    private(set) var hasMisplacedPassword = false
    /// Whether the last parameter was a secret, so that the next may be part of it.
    private var followsSecret = false

    /// - Parameter start: the offset after `://`.
    init(_ bytes: [UInt8], start: Int, into table: OptionTable) {
        self.bytes = bytes
        self.table = table
        position = start
    }

    mutating func parse() throws(ConnInfoError) -> OptionTable {
        try parseUserInfo()
        let hierarchy = bytes[position...].prefix { $0 != UInt8(ascii: "?") }
        hasMisplacedPassword = hierarchy.dropFirst().contains(UInt8(ascii: "@"))
        try parseHosts()
        if current != nil, current != UInt8(ascii: "?") {
            position += 1  // the slash
            let dbname = take(until: "?")
            if !dbname.isEmpty { try set(.dbname, dbname) }
        }
        if current != nil {
            position += 1  // the question mark
            while current != nil { try parseParameter() }
        }
        return table
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Advances to the first of these characters, or to the end, and returns the bytes before it.
    private mutating func take(until stops: String) -> ArraySlice<UInt8> {
        let start = position
        while let current, !stops.utf8.contains(current) { position += 1 }
        return bytes[start..<position]
    }

    private mutating func parseUserInfo() throws(ConnInfoError) {
        guard
            bytes[position...].first(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "/") }) == UInt8(ascii: "@")
        else { return }
        let user = take(until: ":@")
        if !user.isEmpty { try set(.user, user) }
        if current == UInt8(ascii: ":") {
            position += 1
            let password = take(until: "@")
            if !password.isEmpty { try set(.password, password) }
        }
        position += 1
    }

    /// Converts hosts and ports to two comma-separated lists, as if they had been given as `host=…` and `port=…`.
    private mutating func parseHosts() throws(ConnInfoError) {
        let start = position
        var hosts: [UInt8] = []
        var ports: [UInt8] = []
        while true {
            hosts += current == UInt8(ascii: "[") ? try bracketedHost() : take(until: ":/?,")
            if current == UInt8(ascii: ":") {
                position += 1
                ports += take(until: "/?,")
            }
            guard current == UInt8(ascii: ",") else { break }
            position += 1
            hosts.append(UInt8(ascii: ","))
            ports.append(UInt8(ascii: ","))
        }
        if !hosts.isEmpty { try set(.host, hosts[...], offset: start) }
        if !ports.isEmpty { try set(.port, ports[...], offset: start) }
    }

    private mutating func bracketedHost() throws(ConnInfoError) -> ArraySlice<UInt8> {
        let bracket = position
        position += 1
        let host = take(until: "]")
        guard current != nil else { throw .unterminatedIPv6Address(uri: shown, offset: bracket) }
        guard !host.isEmpty else { throw .emptyIPv6Address(uri: shown, offset: bracket) }
        position += 1
        if let current, !":/?,".utf8.contains(current) {
            let rest = String(decoding: bytes[position...], as: UTF8.self)
            throw .unexpectedCharacter(rest.unicodeScalars.first ?? " ", uri: shown, offset: position)
        }
        return host
    }

    private mutating func parseParameter() throws(ConnInfoError) {
        let start = position
        let rawName = take(until: "=&")
        guard current == UInt8(ascii: "=") else {
            let mayBeSecret = followsSecret || rawName.contains(UInt8(ascii: "@"))
            throw .missingQuerySeparator(
                parameter: mayBeSecret ? Redaction.mask : String(decoding: rawName, as: UTF8.self), offset: start)
        }
        position += 1
        let rawValue = take(until: "=&")
        guard current != UInt8(ascii: "=") else {
            throw .extraQuerySeparator(parameter: Redaction.word(rawName), offset: start)
        }
        if current != nil { position += 1 }  // the ampersand

        let name = try PercentCoding.decode(rawName, offset: start)
        let isSecret = ConnectionString.Keyword(bytes: name)?.isSecret ?? false
        let value = try PercentCoding.decode(rawValue, offset: rawValue.startIndex, isSecret: isSecret)
        followsSecret = isSecret
        if name.elementsEqual("ssl".utf8), value.elementsEqual("true".utf8) {  // as JDBC spells it
            _ = table.set(Array("sslmode".utf8), Array("require".utf8), offset: rawValue.startIndex)
        } else if !table.set(name, value, offset: rawValue.startIndex) {
            throw .unknownQueryParameter(Redaction.word(name), offset: start)
        }
    }

    private mutating func set(
        _ keyword: ConnectionString.Keyword, _ value: ArraySlice<UInt8>, offset: Int? = nil
    ) throws(ConnInfoError) {
        let offset = offset ?? value.startIndex
        let isSecret = keyword.isSecret || hasMisplacedPassword
        let decoded = try PercentCoding.decode(value, offset: offset, isSecret: isSecret)
        _ = table.set(Array(keyword.rawValue.utf8), decoded, offset: offset)
    }

    /// The URI for an error message. libpq shows it whole; here the password is removed, and the parameters too, which
    /// may contain another.
    private var shown: String {
        var uri = self
        uri.position = bytes.firstIndex(of: UInt8(ascii: "/")).map { $0 + 2 } ?? 0
        var text = bytes[..<uri.position]
        if hasMisplacedPassword { return String(decoding: text, as: UTF8.self) + Redaction.mask }
        if bytes[uri.position...].first(where: { "@/".utf8.contains($0) }) == UInt8(ascii: "@") {
            text += uri.take(until: ":@")
            if uri.current == UInt8(ascii: ":") {
                text += Array(":\(Redaction.mask)".utf8)
                _ = uri.take(until: "@")
            }
        }
        text += uri.take(until: "?")
        if uri.current != nil { text += Array("?…".utf8) }
        return String(decoding: text, as: UTF8.self)
    }
}
