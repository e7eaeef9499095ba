/// One place where a PostgreSQL server may listen.
package enum Host: Hashable, Sendable {
    /// A DNS name or an IP address; one with `:` inside is IPv6.
    case tcp(String)
    /// The directory of a Unix socket; the file in it is `.s.PGSQL.PORT`.
    case unix(directory: String)
    /// A Unix socket of the abstract namespace, without the leading `@`.
    case abstract(String)

    /// Reads one item of a host list: `/dir`, `@name`, or anything else for TCP.
    package init(_ text: String) {
        self =
            switch text.utf8.first {
            case UInt8(ascii: "/"): .unix(directory: text)
            case UInt8(ascii: "@"): .abstract(String(text.dropFirst()))
            default: .tcp(text)
            }
    }

    /// The host as the configuration writes it.
    package var text: String {
        switch self {
        case .tcp(let name): name
        case .unix(let directory): directory
        case .abstract(let name): "@\(name)"
        }
    }
}
