/// The error thrown when options do not allow a connection, before anything is sent.
///
/// Messages use libpq's words. None contains the value of a secret.
public enum ConnectionOptionsError: Error, Hashable, Sendable {
    /// The service could not be looked up.
    case service(ServiceFileError)
    /// The list of servers is invalid.
    case servers(ServerListError)
    /// The value is not one of those allowed for the keyword.
    case invalidValue(ConnectionString.Keyword, String, expected: [String])
    /// The value is not a 32-bit integer.
    case notAnInteger(ConnectionString.Keyword, String)
    /// A method occurs twice in `require_auth`.
    case repeatedRequireAuth(String)
    /// A `require_auth` list contains both allowed and forbidden methods.
    case mixedRequireAuth(String, isNegative: Bool)
    /// `sslmode` permits a connection without TLS, which `sslnegotiation=direct` does not.
    case weakForDirectTLS(sslmode: String)
    /// `sslmode` does not verify the server, although `sslrootcert=system` is set.
    case weakForSystemRoots(sslmode: String)
    /// `ssl_min_protocol_version` is greater than `ssl_max_protocol_version`.
    case emptyTLSRange
    /// `min_protocol_version` is greater than `max_protocol_version`.
    case emptyProtocolRange
    /// GSSAPI encryption is required, which is not supported.
    case gssapiUnsupported
    /// A SCRAM key is not base64.
    case scramKey(ConnectionString.Keyword)
    /// A SCRAM key is not 32 bytes long.
    case scramKeyLength(ConnectionString.Keyword, Int)
    /// No user name is set, and the operating system provides none.
    case noUser

    /// The message that libpq 18 gives.
    public var message: String {
        switch self {
        case .service(let error): return error.message
        case .servers(let error): return error.description
        case .invalidValue(let keyword, let value, _):
            let isQuoted = keyword == .sslMinProtocolVersion || keyword == .sslMaxProtocolVersion
            let name = isQuoted ? "\"\(keyword.rawValue)\"" : keyword.rawValue
            return "invalid \(name) value: \"\(value)\""
        case .notAnInteger(let keyword, let value):
            return "invalid integer value \"\(value)\" for connection option \"\(keyword.rawValue)\""
        case .repeatedRequireAuth(let method): return "require_auth method \"\(method)\" is specified more than once"
        case .mixedRequireAuth(let method, let isNegative):
            return isNegative
                ? "negative require_auth method \"\(method)\" cannot be mixed with non-negative methods"
                : "require_auth method \"\(method)\" cannot be mixed with negative methods"
        case .weakForDirectTLS(let mode):
            return "weak sslmode \"\(mode)\" may not be used with sslnegotiation=direct "
                + "(use \"require\", \"verify-ca\", or \"verify-full\")"
        case .weakForSystemRoots(let mode):
            return "weak sslmode \"\(mode)\" may not be used with sslrootcert=system (use \"verify-full\")"
        case .emptyTLSRange: return "invalid SSL protocol version range"
        case .emptyProtocolRange: return "\"min_protocol_version\" is greater than \"max_protocol_version\""
        case .gssapiUnsupported:
            return "gssencmode value \"require\" invalid when GSSAPI support is not compiled in"
        case .scramKey(let keyword): return "invalid SCRAM \(Self.side(keyword)) key"
        case .scramKeyLength(let keyword, let length):
            return "invalid SCRAM \(Self.side(keyword)) key length: \(length)"
        case .noUser: return "no user name was given, and the operating system provides none"
        }
    }

    /// The keyword with the invalid value; the first of two that contradict each other; `nil` if the error is about a
    /// service.
    public var keyword: ConnectionString.Keyword? {
        switch self {
        case .service: nil
        case .servers(.hostCount): .hostaddr
        case .servers: .port
        case .invalidValue(let keyword, _, _), .notAnInteger(let keyword, _), .scramKey(let keyword),
            .scramKeyLength(let keyword, _):
            keyword
        case .repeatedRequireAuth, .mixedRequireAuth: .requireAuth
        case .weakForDirectTLS, .weakForSystemRoots: .sslmode
        case .emptyTLSRange: .sslMinProtocolVersion
        case .emptyProtocolRange: .minProtocolVersion
        case .gssapiUnsupported: .gssencmode
        case .noUser: .user
        }
    }

    /// The allowed values, if libpq's message does not list them.
    public var expected: String? {
        switch self {
        case .invalidValue(_, _, let expected): "one of " + expected.joined(separator: ", ")
        case .notAnInteger(.connectTimeout, _): "whole seconds; 0 or less to wait for ever"
        case .notAnInteger(.tcpUserTimeout, _): "whole milliseconds; 0 for the system's default"
        case .notAnInteger(.keepalives, _): "1 or 0"
        case .notAnInteger: "a whole number; 0 for the system's default"
        case .servers(.portNotANumber), .servers(.portOutOfRange): "a number from 1 to 65535"
        case .servers(.portCount): "one port for all hosts, or one for each"
        case .servers(.hostCount): "as many host names as addresses"
        case .emptyTLSRange:
            "an ssl_min_protocol_version (default TLSv1.2) that is not above ssl_max_protocol_version"
        case .scramKey: "base64"
        case .scramKeyLength: "32 bytes"
        case .gssapiUnsupported: "disable or prefer"
        default: nil
        }
    }

    private static func side(_ keyword: ConnectionString.Keyword) -> String {
        keyword == .scramClientKey ? "client" : "server"
    }
}

extension ConnectionOptionsError: CustomStringConvertible {
    /// The ``message``, and what was ``expected``.
    public var description: String {
        if case .service(let error) = self { return error.description }
        return expected.map { "\(message) (expected \($0))" } ?? message
    }
}
