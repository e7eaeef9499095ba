/// Why there can be no connection with these options, before anything was sent.
///
/// Messages use libpq's words. None holds the value of a secret.
public enum ConnectionOptionsError: Error, Hashable, Sendable {
    /// The service could not be looked up.
    case service(ServiceFileError)
    /// The servers could not be told.
    case servers(ServerListError)
    /// The value is not one of those the keyword may have.
    case invalidValue(ConnectionString.Keyword, String, expected: [String])
    /// The value is not a whole number of 32 bits.
    case notAnInteger(ConnectionString.Keyword, String)
    /// A method of `require_auth` is there twice.
    case repeatedRequireAuth(String)
    /// A list of `require_auth` says both what will do and what will not.
    case mixedRequireAuth(String, isNegative: Bool)
    /// `sslmode` would let a connection be without TLS, which `sslnegotiation=direct` cannot.
    case weakForDirectTLS(sslmode: String)
    /// `sslmode` would believe any server, in spite of `sslrootcert=system`.
    case weakForSystemRoots(sslmode: String)
    /// `ssl_min_protocol_version` is greater than `ssl_max_protocol_version`.
    case emptyTLSRange
    /// `min_protocol_version` is greater than `max_protocol_version`.
    case emptyProtocolRange
    /// Encryption with GSSAPI is demanded, which we cannot do.
    case gssapiUnsupported
    /// A SCRAM key is not base64.
    case scramKey(ConnectionString.Keyword)
    /// A SCRAM key has not 32 bytes.
    case scramKeyLength(ConnectionString.Keyword, Int)
    /// Nothing says who wants to log in, not even the operating system.
    case noUser

    /// The message libpq 18 would give.
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
        case .noUser: return "no user name was given, and the operating system knows none"
        }
    }

    /// The keyword whose value is wrong; the first of two that contradict each other; `nil` if it is a service.
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

    /// What the keyword may be, where libpq's message does not say it.
    public var expected: String? {
        switch self {
        case .invalidValue(_, _, let expected): "one of " + expected.joined(separator: ", ")
        case .notAnInteger(.connectTimeout, _): "whole seconds; 0 or less to wait for ever"
        case .notAnInteger(.tcpUserTimeout, _): "whole milliseconds; 0 for the system's default"
        case .notAnInteger(.keepalives, _): "1 or 0"
        case .notAnInteger: "a whole number; 0 for the system's default"
        case .servers(.portNotANumber), .servers(.portOutOfRange): "a number from 1 to 65535"
        case .servers(.portCount): "one port for all hosts, or one for each"
        case .servers(.hostCount): "as many of the one as of the other"
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
