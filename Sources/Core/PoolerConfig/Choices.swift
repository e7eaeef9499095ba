/// A setting whose value is one of a few words, matched without regard to case and printed as listed.
package protocol SettingChoice: RawRepresentable<String>, CaseIterable, Hashable, Sendable {}

extension SettingChoice {
    /// The case whose word is `text`, in any mix of upper and lower case; `nil` when there is none.
    package init?(caseInsensitive text: some StringProtocol) {
        let wanted = text.lowercased()
        guard let match = Self.allCases.first(where: { $0.rawValue == wanted }) else { return nil }
        self = match
    }
}

/// When a server connection goes back to its pool (`pool_mode`).
package enum PoolMode: String, SettingChoice {
    case session, transaction, statement
}

/// How clients prove who they are (`auth_type`).
package enum AuthType: String, SettingChoice {
    case any, trust, plain, md5, cert, hba, ldap, pam
    case scramSHA256 = "scram-sha-256"

    /// Whether logins are decided with `auth_file`, so that it must be read.
    package var usesAuthFile: Bool { self != .any && self != .pam }
}

/// How much a TLS connection is wanted and how far its certificate is checked.
///
/// Setting: `client_tls_sslmode`, `server_tls_sslmode`.
package enum TLSMode: String, SettingChoice {
    case disable, allow, prefer, require
    case verifyCA = "verify-ca"
    case verifyFull = "verify-full"
}

/// How connections are spread over a list of hosts (`load_balance_hosts`).
package enum LoadBalanceHosts: String, SettingChoice {
    /// Stay on one host until a connection to it fails.
    case disable
    case roundRobin = "round-robin"
}

/// How connections are read and written (`io_engine`).
package enum IOEngineChoice: String, SettingChoice {
    /// io_uring where the kernel allows it, else epoll.
    case auto
    case ioUring = "io_uring"
    case epoll
}

/// What follows a client from server to server in transaction and statement pooling, beyond what PgBouncer does
/// (`follow_session`).
package enum SessionFollowing: String, SettingChoice {
    /// As PgBouncer: the wrong name of a prepared statement ends the client.
    case off
    /// Named prepared statements behave as on a direct connection.
    case statements
}

/// What `server_check_query` asks of an idle server before a client gets it.
package enum CheckQuery: Hashable, Sendable {
    /// An empty setting: servers are never checked.
    case never
    /// `<empty>`: a query message without text.
    case empty
    case query(String)

    package init(_ text: String) {
        self =
            switch text {
            case "": .never
            case "<empty>": .empty
            default: .query(text)
            }
    }

    /// The setting's text.
    package var text: String {
        switch self {
        case .never: ""
        case .empty: "<empty>"
        case .query(let text): text
        }
    }
}
