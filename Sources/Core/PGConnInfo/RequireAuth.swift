/// The authentication methods that a server may use: `require_auth`.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-CONNECT-REQUIRE-AUTH
public struct RequireAuth: Hashable, Sendable {
    /// An authentication method.
    public enum Method: String, CaseIterable, Hashable, Sendable {
        /// The password in clear text.
        case password
        /// An MD5 hash of the password.
        case md5
        /// GSSAPI, used for Kerberos.
        case gss
        /// SSPI, on Windows.
        case sspi
        /// SCRAM-SHA-256, with or without channel binding.
        case scramSHA256 = "scram-sha-256"
        /// An OAuth token. Since libpq 18.
        case oauth
        /// The server requests no authentication: it trusts the client, or its certificate.
        case none
    }

    /// The allowed methods, in the order of ``Method``.
    public let allowed: [Method]

    /// Whether the server may use a method.
    public func allows(_ method: Method) -> Bool {
        allowed.contains(method)
    }

    /// Parses a list of allowed methods (`scram-sha-256,none`) or of forbidden ones (`!password,!md5`). An empty text
    /// allows all.
    ///
    /// - Throws: ``ConnectionOptionsError`` for an unknown method, a method that occurs twice, and a list that mixes
    ///   allowed and forbidden methods.
    public init(_ text: String) throws(ConnectionOptionsError) {
        guard !text.isEmpty else {
            allowed = Method.allCases
            return
        }
        let items = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        let isNegative = text.hasPrefix("!")
        var named: [Method] = []
        for item in items {
            guard item.hasPrefix("!") == isNegative else {
                throw .mixedRequireAuth(item, isNegative: !isNegative)
            }
            let name = isNegative ? String(item.dropFirst()) : item
            guard let method = Method(rawValue: name) else {
                throw .invalidValue(.requireAuth, name, expected: Method.allCases.map(\.rawValue))
            }
            guard !named.contains(method) else { throw .repeatedRequireAuth(item) }
            named.append(method)
        }
        allowed = Method.allCases.filter { named.contains($0) != isNegative }
    }
}
