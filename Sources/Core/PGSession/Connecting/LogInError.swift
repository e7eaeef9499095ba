/// Why a log-in failed. No description holds a secret.
package enum LogInError: Error, Hashable, Sendable {
    /// The server said no.
    case server(ServerError)
    /// The server asks for what `require_auth` or `channel_binding` forbids or for what we do not have, or it did not
    /// prove what it has to.
    case authentication(String)
    /// The server said something that the protocol does not allow there.
    case protocolViolation(String)
}

extension LogInError: CustomStringConvertible {
    /// libpq's words where it has some.
    package var description: String {
        switch self {
        case .server(let error): "\(error.severity):  \(error.message)"
        case .authentication(let reason), .protocolViolation(let reason): reason
        }
    }
}
