extension ConnectionOptions {
    /// Whether TLS is used and what is verified: `sslmode`. Ignored on Unix sockets.
    public enum SSLMode: String, CaseIterable, Hashable, Sendable {
        /// Never TLS.
        case disable
        /// First without TLS; with TLS if the server refuses that.
        case allow
        /// With TLS if the server supports it; without TLS if it does not, or if it refuses the connection afterwards.
        /// The default.
        case prefer
        /// Only with TLS. The certificate is not verified, unless the file of trusted certificates exists: then this
        /// means ``verifyCA``.
        case require
        /// Only with TLS, and a certificate issued by a trusted authority.
        case verifyCA = "verify-ca"
        /// Only with TLS, and such a certificate that also names the host.
        case verifyFull = "verify-full"
    }

    /// How the TLS handshake begins: `sslnegotiation`.
    public enum SSLNegotiation: String, CaseIterable, Hashable, Sendable {
        /// After an SSLRequest message. The default.
        case postgres
        /// Immediately, with ALPN `postgresql`: one round trip less. Requires a server of version 17 or newer.
        case direct
    }

    /// Whether the client sends a certificate: `sslcertmode`.
    public enum SSLCertMode: String, CaseIterable, Hashable, Sendable {
        /// Never.
        case disable
        /// If the client has one and the server requests it. The default.
        case allow
        /// The server must request one.
        case require
    }

    /// Whether authentication is bound to the TLS connection: `channel_binding`.
    public enum ChannelBinding: String, CaseIterable, Hashable, Sendable {
        /// Never.
        case disable
        /// If the server supports it. The default.
        case prefer
        /// Only SCRAM-SHA-256-PLUS is accepted.
        case require
    }

    /// Whether GSSAPI encryption is used: `gssencmode`. It is not supported, so `require` is rejected, as by a libpq
    /// built without GSSAPI.
    public enum GSSEncMode: String, CaseIterable, Hashable, Sendable {
        /// Never. The default.
        case disable
        /// If it is available, which it is not.
        case prefer
    }

    /// The kind of server to accept: `target_session_attrs`.
    public enum TargetSessionAttrs: String, CaseIterable, Hashable, Sendable {
        /// Any server. The default.
        case any
        /// A server whose sessions can write.
        case readWrite = "read-write"
        /// A server whose sessions cannot write.
        case readOnly = "read-only"
        /// A server that is not in recovery.
        case primary
        /// A server that is in recovery.
        case standby
        /// A server that is in recovery, or any server if no host has one.
        case preferStandby = "prefer-standby"
    }

    /// The order in which servers are tried: `load_balance_hosts`.
    public enum LoadBalanceHosts: String, CaseIterable, Hashable, Sendable {
        /// In the order of the list. The default.
        case disable
        /// In random order; the addresses of each host are shuffled as well.
        case random
    }

    /// A version of the frontend/backend protocol.
    public enum ProtocolVersion: String, CaseIterable, Hashable, Sendable, Comparable {
        /// PostgreSQL 7.4 and newer.
        case v3_0 = "3.0"
        /// PostgreSQL 18 and newer: longer cancel keys.
        case v3_2 = "3.2"

        /// The version that `latest` means.
        public static let latest = v3_2

        /// Whether the left version is older.
        public static func < (left: Self, right: Self) -> Bool { left == .v3_0 && right == .v3_2 }
    }

    /// A version of TLS.
    public enum TLSVersion: String, CaseIterable, Hashable, Sendable, Comparable {
        /// TLS 1.0, of 1999.
        case v1_0 = "TLSv1"
        /// TLS 1.1, of 2006.
        case v1_1 = "TLSv1.1"
        /// TLS 1.2, of 2008.
        case v1_2 = "TLSv1.2"
        /// TLS 1.3, of 2018.
        case v1_3 = "TLSv1.3"

        /// Whether the left version is older.
        public static func < (left: Self, right: Self) -> Bool {
            left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
        }
    }

    /// The kind of connection to request: `replication`.
    public enum Replication: Hashable, Sendable {
        /// A normal connection. The default.
        case none
        /// A connection for physical replication, which is not connected to a database.
        case physical
        /// A connection for logical replication, which accepts queries too.
        case logical
    }

    /// The session's initial character encoding: `client_encoding`.
    public enum ClientEncoding: Hashable, Sendable {
        /// The encoding of the process's locale: `auto`.
        case auto
        /// The encoding with this name on the server.
        case named(String)
    }

    /// The TCP keepalive settings. Ignored on Unix sockets.
    public struct Keepalives: Hashable, Sendable {
        /// Whether keepalives are sent. Default: yes.
        public var isOn = true
        /// The time without traffic before the first keepalive; `nil` for the system's default.
        public var idle: Duration?
        /// The time between keepalives; `nil` for the system's default.
        public var interval: Duration?
        /// The number of unanswered keepalives that ends the connection; `nil` for the system's default.
        public var count: Int?

        /// Creates the default settings.
        public init() {}
    }
}
