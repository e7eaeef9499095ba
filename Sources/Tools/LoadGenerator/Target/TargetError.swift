package import PGConnInfo

/// The error thrown when a connection string does not describe a usable target.
package enum TargetError: Error, Hashable, Sendable {
    case connectionString(ConnInfoError)
    case options(ConnectionOptionsError)
    /// TLS is required by this `sslmode`.
    case needsTLS(String)
    /// A keyword has a value that is not supported.
    case unsupported(keyword: String, value: String)
    /// A host name has no address.
    case unknownHost(String, reason: String)
    case badAddress(String)
}

extension TargetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connectionString(let error): "\(error)"
        case .options(let error): "\(error)"
        case .needsTLS(let mode):
            "sslmode=\(mode) requires TLS, which is not supported yet; sslmode=prefer measures without it"
        case .unsupported(let keyword, let value): "\(keyword)=\(value) is not supported"
        case .unknownHost(let host, let reason): "could not translate host name \"\(host)\" to address: \(reason)"
        case .badAddress(let text): "could not parse network address \"\(text)\""
        }
    }
}
