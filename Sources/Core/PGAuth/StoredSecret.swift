/// A user's secret as stored in `auth_file`, `pg_authid` or returned by `auth_query`.
///
/// Source: PgBouncer, doc/config.md “Authentication file format”
package enum StoredSecret: Equatable, Sendable {
    case plain(PlainPassword)
    case md5(MD5Password)
    // Indirect, because secrets are copied at each log-in, and this one is three arrays.
    indirect case scram(ScramSecret)

    /// Distinguishes the three forms. Anything that is not a complete md5 or SCRAM secret, including a damaged one, is
    /// a plain password, as in PgBouncer and PostgreSQL.
    package init(_ bytes: [UInt8]) {
        if let md5 = MD5Password(stored: bytes) {
            self = .md5(md5)
        } else if let scram = ScramSecret(stored: bytes) {
            self = .scram(scram)
        } else {
            self = .plain(PlainPassword(bytes))
        }
    }

    /// Whether a clear-text password is right. An empty secret matches nothing.
    ///
    /// Slow for a SCRAM secret, see ``ScramKeys``.
    package func matches(cleartext password: [UInt8], user: String) -> Bool {
        switch self {
        case .plain(let own): !own.bytes.isEmpty && ConstantTime.equal(own.bytes, password)
        case .md5(let own): own == MD5Password(password: password, user: user)
        case .scram(let own): own.matches(password: password)
        }
    }

    /// The secret with which an md5 challenge is answered or checked; `nil` for a SCRAM secret or an empty one.
    package func md5(user: String) -> MD5Password? {
        switch self {
        case .plain(let own): own.bytes.isEmpty ? nil : MD5Password(password: own.bytes, user: user)
        case .md5(let own): own
        case .scram: nil
        }
    }
}

/// A clear-text password; never printed.
package struct PlainPassword: Sendable, Redacted {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension PlainPassword: Equatable {
    package static func == (left: PlainPassword, right: PlainPassword) -> Bool {
        ConstantTime.equal(left.bytes, right.bytes)
    }
}
