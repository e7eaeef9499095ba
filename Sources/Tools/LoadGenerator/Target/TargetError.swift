package import PGConnInfo

/// Why a connection string names no target we can put under load.
package enum TargetError: Error, Hashable, Sendable {
    case connectionString(ConnInfoError)
    case servers(ServerListError)
    /// TLS was demanded, with this `sslmode`.
    case needsTLS(String)
    /// A keyword has a value that we could only pretend to obey.
    case unsupported(keyword: String, value: String)
    case badTimeout(String)
    /// A host name has no address.
    case unknownHost(String, reason: String)
    case badAddress(String)
    case noUser
}

extension TargetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connectionString(let error): "\(error)"
        case .servers(let error): "\(error)"
        case .needsTLS(let mode):
            "sslmode=\(mode) demands TLS, which is not supported yet; sslmode=prefer measures without it"
        case .unsupported(let keyword, let value): "\(keyword)=\(value) is not supported"
        case .badTimeout(let text): "invalid integer value \"\(text)\" for connection option \"connect_timeout\""
        case .unknownHost(let host, let reason): "could not translate host name \"\(host)\" to address: \(reason)"
        case .badAddress(let text): "could not parse network address \"\(text)\""
        case .noUser: "nobody knows who you are: name a user in the connection string"
        }
    }
}
