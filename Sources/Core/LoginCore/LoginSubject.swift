package import PGAuth
package import PoolerConfig

/// What the pooler knows about a client that has sent its start-up message.
///
/// The daemon collects it. Where the method comes from a rule (HBA) or the secret from a query (`auth_query`), it takes
/// the daemon longer; the log-in waits either way.
package struct LoginSubject: Sendable {
    /// How the client must authenticate: `auth_type`, or the method of an HBA rule.
    package var method: AuthType
    /// The stored secret of the user; `nil` for a user that does not exist.
    package var secret: StoredSecret?
    /// The verifier of a SCRAM or plain secret, if an earlier log-in has left one.
    package var verifier: ScramVerifier?
    /// The salt and iterations that go with a plain secret.
    package var parameters: ScramParameters
    /// What answers to users that do not exist are derived from: random, and constant for the life of the process.
    package var processSecret: [UInt8]
    package var place: Place

    /// Where the client wants to go.
    package enum Place: Sendable {
        /// - Parameter lacksForcedUser: the database is known and its line names no user for the servers.
        case database(lacksForcedUser: Bool)
        case console(ConsoleAccess)
    }

    package init(
        method: AuthType, secret: StoredSecret?, verifier: ScramVerifier? = nil, parameters: ScramParameters,
        processSecret: [UInt8], place: Place
    ) {
        self.method = method
        self.secret = secret
        self.verifier = verifier
        self.parameters = parameters
        self.processSecret = processSecret
        self.place = place
    }
}

/// A user's access to the console, as known before it has authenticated.
///
/// Source: PgBouncer, doc/usage.md “Admin console”; settings `admin_users`, `stats_users`
package enum ConsoleAccess: Hashable, Sendable {
    /// The pooler's own account over a Unix socket, as the user `pgbouncer`: proved by the kernel.
    case ownAccount
    case admin
    case stats
    /// In neither list.
    case unlisted

    package init(user: String, isOwnAccount: Bool, admins: [String], stats: [String]) {
        if isOwnAccount, user == "pgbouncer" {
            self = .ownAccount
        } else if admins.contains(user) {
            self = .admin
        } else if stats.contains(user) {
            self = .stats
        } else {
            self = .unlisted
        }
    }

    /// Whether the client may come in when the limits of clients are reached.
    package var isExemptFromLimits: Bool { self == .ownAccount || self == .admin }

    /// The user's rights after it has authenticated; `nil` for none.
    ///
    /// With `auth_type = any` a user in neither list may look, as in PgBouncer.
    package func role(provedBy method: AuthType) -> ConsoleRole? {
        switch self {
        case .ownAccount, .admin: .admin
        case .stats: .stats
        case .unlisted: method == .any ? .stats : nil
        }
    }
}

/// What a client of the console may do.
package enum ConsoleRole: Hashable, Sendable {
    /// Every command.
    case admin
    /// SHOW, but not SHOW FDS.
    case stats
}
