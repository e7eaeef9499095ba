extension ConnectionString.Keyword {
    /// The environment variable that sets this keyword if neither the connection string nor a service does.
    ///
    /// Source: PostgreSQL 18, libpq-envars.html
    public var environmentVariable: String? {
        switch self {
        case .service: "PGSERVICE"
        case .user: "PGUSER"
        case .password: "PGPASSWORD"
        case .passfile: "PGPASSFILE"
        case .channelBinding: "PGCHANNELBINDING"
        case .connectTimeout: "PGCONNECT_TIMEOUT"
        case .dbname: "PGDATABASE"
        case .host: "PGHOST"
        case .hostaddr: "PGHOSTADDR"
        case .port: "PGPORT"
        case .clientEncoding: "PGCLIENTENCODING"
        case .options: "PGOPTIONS"
        case .applicationName: "PGAPPNAME"
        case .sslmode: "PGSSLMODE"
        case .sslnegotiation: "PGSSLNEGOTIATION"
        case .sslcompression: "PGSSLCOMPRESSION"
        case .sslcert: "PGSSLCERT"
        case .sslkey: "PGSSLKEY"
        case .sslcertmode: "PGSSLCERTMODE"
        case .sslrootcert: "PGSSLROOTCERT"
        case .sslcrl: "PGSSLCRL"
        case .sslcrldir: "PGSSLCRLDIR"
        case .sslsni: "PGSSLSNI"
        case .requirepeer: "PGREQUIREPEER"
        case .requireAuth: "PGREQUIREAUTH"
        case .minProtocolVersion: "PGMINPROTOCOLVERSION"
        case .maxProtocolVersion: "PGMAXPROTOCOLVERSION"
        case .sslMinProtocolVersion: "PGSSLMINPROTOCOLVERSION"
        case .sslMaxProtocolVersion: "PGSSLMAXPROTOCOLVERSION"
        case .gssencmode: "PGGSSENCMODE"
        case .krbsrvname: "PGKRBSRVNAME"
        case .gsslib: "PGGSSLIB"
        case .gssdelegation: "PGGSSDELEGATION"
        case .targetSessionAttrs: "PGTARGETSESSIONATTRS"
        case .loadBalanceHosts: "PGLOADBALANCEHOSTS"
        case .fallbackApplicationName, .keepalives, .keepalivesIdle, .keepalivesInterval, .keepalivesCount,
            .tcpUserTimeout, .sslpassword, .replication, .scramClientKey, .scramServerKey, .oauthIssuer, .oauthClientID,
            .oauthClientSecret, .oauthScope, .sslkeylogfile:
            nil
        }
    }

    /// The default value compiled into libpq 18, used if nothing else sets the keyword.
    ///
    /// For `gssencmode`, that of a libpq without GSSAPI.
    public var defaultValue: String? {
        switch self {
        case .channelBinding, .sslmode: "prefer"
        case .port: "5432"
        case .options: ""
        case .sslnegotiation, .krbsrvname: "postgres"
        case .sslcompression, .gssdelegation: "0"
        case .sslsni: "1"
        case .sslMinProtocolVersion: "TLSv1.2"
        case .gssencmode, .loadBalanceHosts: "disable"
        case .targetSessionAttrs: "any"
        default: nil
        }
    }
}
