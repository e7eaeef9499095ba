/// The reason why a log-in failed. No description contains a secret.
package enum LogInError: Error, Hashable, Sendable {
    /// The server refused the log-in.
    case server(ServerError)
    /// The server requested an authentication method that `require_auth` or `channel_binding` forbids or for which
    /// there is no secret, or did not prove its own identity as required.
    case authentication(String)
    /// The server sent a message that the protocol does not allow at that point.
    case protocolViolation(String)
}

extension LogInError: CustomStringConvertible {
    /// The message, in libpq's words where it has one.
    package var description: String {
        switch self {
        case .server(let error): "\(error.severity):  \(error.message)"
        case .authentication(let reason), .protocolViolation(let reason): reason
        }
    }
}
