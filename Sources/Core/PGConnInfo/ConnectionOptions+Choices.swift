extension ConnectionOptions {
    /// How much TLS is wanted: `sslmode`. Means nothing on Unix sockets.
    public enum SSLMode: String, CaseIterable, Hashable, Sendable {
        /// Never TLS.
        case disable
        /// Without TLS first; with it if the server refuses that.
        case allow
        /// With TLS if the server can; without it if it cannot, or if it refuses after that. The default.
        case prefer
        /// With TLS or not at all. Whose certificate it is does not matter, unless the file of trusted certificates
        /// exists: then this is ``verifyCA``.
        case require
        /// With TLS, and a certificate that somebody who is trusted has signed.
        case verifyCA = "verify-ca"
        /// With TLS, and such a certificate that names the host.
        case verifyFull = "verify-full"
    }

    /// How TLS begins: `sslnegotiation`.
    public enum SSLNegotiation: String, CaseIterable, Hashable, Sendable {
        /// The protocol asks for it. The default.
        case postgres
        /// The first byte is TLS's, with ALPN `postgresql`: one round trip less. Servers of version 17 and newer.
        case direct
    }

    /// Whether the client shows a certificate: `sslcertmode`.
    public enum SSLCertMode: String, CaseIterable, Hashable, Sendable {
        /// Never.
        case disable
        /// If it has one and the server asks. The default.
        case allow
        /// The server has to ask for one.
        case require
    }

    /// Whether the password's proof is bound to the TLS connection: `channel_binding`.
    public enum ChannelBinding: String, CaseIterable, Hashable, Sendable {
        /// Never.
        case disable
        /// If the server can. The default.
        case prefer
        /// Nothing but SCRAM-SHA-256-PLUS will do.
        case require
    }

    /// Whether GSSAPI encrypts: `gssencmode`. We cannot, so `require` is refused, as by a libpq built without GSSAPI.
    public enum GSSEncMode: String, CaseIterable, Hashable, Sendable {
        /// Never. The default.
        case disable
        /// If it can be had; it cannot.
        case prefer
    }

    /// What kind of server will do: `target_session_attrs`.
    public enum TargetSessionAttrs: String, CaseIterable, Hashable, Sendable {
        /// Any. The default.
        case any
        /// One whose sessions can write.
        case readWrite = "read-write"
        /// One whose sessions cannot write.
        case readOnly = "read-only"
        /// One that is not in recovery.
        case primary
        /// One that is in recovery.
        case standby
        /// One that is in recovery, or any if no host has such a one.
        case preferStandby = "prefer-standby"
    }

    /// The order in which servers are tried: `load_balance_hosts`.
    public enum LoadBalanceHosts: String, CaseIterable, Hashable, Sendable {
        /// As they are named. The default.
        case disable
        /// Shuffled, and the addresses of each as well.
        case random
    }

    /// A version of the protocol between client and server.
    public enum ProtocolVersion: String, CaseIterable, Hashable, Sendable, Comparable {
        /// That of PostgreSQL 7.4 and newer.
        case v3_0 = "3.0"
        /// That of PostgreSQL 18 and newer: longer cancel keys.
        case v3_2 = "3.2"

        /// `latest`
        public static let latest = v3_2

        /// Older versions are less.
        public static func < (left: Self, right: Self) -> Bool { left == .v3_0 && right == .v3_2 }
    }

    /// A version of TLS.
    public enum TLSVersion: String, CaseIterable, Hashable, Sendable, Comparable {
        /// 1.0, of 1999.
        case v1_0 = "TLSv1"
        /// 1.1, of 2006.
        case v1_1 = "TLSv1.1"
        /// 1.2, of 2008.
        case v1_2 = "TLSv1.2"
        /// 1.3, of 2018.
        case v1_3 = "TLSv1.3"

        /// Older versions are less.
        public static func < (left: Self, right: Self) -> Bool {
            left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
        }
    }

    /// What kind of connection the server is asked for: `replication`.
    public enum Replication: Hashable, Sendable {
        /// An ordinary one. The default.
        case none
        /// One for physical replication, which belongs to no database.
        case physical
        /// One for logical replication, which takes queries, too.
        case logical
    }

    /// The encoding of texts that the session begins with: `client_encoding`.
    public enum ClientEncoding: Hashable, Sendable {
        /// That of the process's locale: `auto`.
        case auto
        /// One that the server knows by this name.
        case named(String)
    }

    /// When TCP itself asks whether the server is still there. Means nothing on Unix sockets.
    public struct Keepalives: Hashable, Sendable {
        /// Whether it does. Default: yes.
        public var isOn = true
        /// Time without traffic before it asks; `nil` for the system's default.
        public var idle: Duration?
        /// Time from one question to the next; `nil` for the system's default.
        public var interval: Duration?
        /// How many questions may stay without an answer; `nil` for the system's default.
        public var count: Int?

        /// Sets nothing but the defaults.
        public init() {}
    }
}
