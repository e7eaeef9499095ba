/// What a server may ask for before it lets the client in: `require_auth`.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-CONNECT-REQUIRE-AUTH
public struct RequireAuth: Hashable, Sendable {
    /// A way to prove who one is.
    public enum Method: String, CaseIterable, Hashable, Sendable {
        /// The password as it is.
        case password
        /// A hash of the password with MD5.
        case md5
        /// GSSAPI, for Kerberos.
        case gss
        /// Windows' own.
        case sspi
        /// SCRAM with SHA-256, with channel binding or without it.
        case scramSHA256 = "scram-sha-256"
        /// A token of OAuth. Since libpq 18.
        case oauth
        /// The server asks for nothing: it trusts the client, or its certificate.
        case none
    }

    /// The methods that will do, in the order of ``Method``.
    public let allowed: [Method]

    /// Whether the server may be content with a method.
    public func allows(_ method: Method) -> Bool {
        allowed.contains(method)
    }

    /// Reads a list of methods that will do (`scram-sha-256,none`), or of some that will not (`!password,!md5`). An empty
    /// text lets all of them.
    ///
    /// - Throws: ``ConnectionOptionsError``, for what is not a method, for one that comes twice, and for a list that says
    ///   both.
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
