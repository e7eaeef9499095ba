/// The settings of `[pgbouncer]`, typed. The row of ``SettingTable`` says what each one means.
///
/// A field has the setting's name in camel case. Time limits are durations, and `.zero` means what 0 means in the file:
/// for nearly all of them "off".
package struct PoolerSettings: Hashable, Sendable {
    // The table's defaults overwrite the values below.
    package var adminUsers: [String] = []
    package var applicationNameAddHost = false
    package var authDbname: String?
    package var authFile: String?
    package var authHbaFile = ""
    package var authIdentFile: String?
    package var authLdapOptions: Secret?
    package var authQuery = ""
    package var authType = AuthType.md5
    package var authUser: String?
    package var autodbIdleTimeout = Duration.zero
    package var cancelWaitTimeout = Duration.zero
    package var clientIdleTimeout = Duration.zero
    package var clientLoginTimeout = Duration.zero
    package var clientTls13Ciphers: String?
    package var clientTlsCaFile = ""
    package var clientTlsCertFile = ""
    package var clientTlsCiphers = ""
    package var clientTlsDheparams = ""
    package var clientTlsEcdhcurve = ""
    package var clientTlsKeyFile = ""
    package var clientTlsProtocols = ""
    package var clientTlsSslmode = TLSMode.disable
    package var conffile: String?
    package var defaultPoolSize = 0
    package var disablePqexec = false
    package var dnsMaxTtl = Duration.zero
    package var dnsNxdomainTtl = Duration.zero
    package var dnsZoneCheckPeriod = Duration.zero
    package var idleTransactionTimeout = Duration.zero
    package var ignoreStartupParameters: [String] = []
    package var jobName = ""
    package var listenAddr: [String] = []
    package var listenBacklog = 0
    package var listenPort = 0
    package var logConnections = false
    package var logDisconnections = false
    package var logPoolerErrors = false
    package var logStats = false
    package var logfile = ""
    package var loginNotifyMessage = ""
    package var maxClientConn = 0
    package var maxDbClientConnections = 0
    package var maxDbConnections = 0
    package var maxPacketSize = 0
    package var maxPreparedStatements = 0
    package var maxUserClientConnections = 0
    package var maxUserConnections = 0
    package var minPoolSize = 0
    package var peerId = 0
    package var pidfile = ""
    package var pktBuf = 0
    package var poolMode = PoolMode.session
    package var poolIdleTimeout = Duration.zero
    package var queryTimeout = Duration.zero
    package var queryWaitNotify = Duration.zero
    package var queryWaitTimeout = Duration.zero
    package var reservePoolSize = 0
    package var reservePoolTimeout = Duration.zero
    package var resolvConf = ""
    package var sbufLoopcnt = 0
    package var scramIterations = 0
    package var serverCheckDelay = Duration.zero
    package var serverCheckQuery = CheckQuery.empty
    package var serverConnectTimeout = Duration.zero
    package var serverFastClose = false
    package var serverIdleTimeout = Duration.zero
    package var serverLifetime = Duration.zero
    package var serverLoginRetry = Duration.zero
    package var serverResetQuery = ""
    package var serverResetQueryAlways = false
    package var serverRoundRobin = false
    package var serverTls13Ciphers: String?
    package var serverTlsCaFile = ""
    package var serverTlsCertFile = ""
    package var serverTlsCiphers = ""
    package var serverTlsKeyFile = ""
    package var serverTlsProtocols = ""
    package var serverTlsSslmode = TLSMode.prefer
    package var soReuseport = false
    package var statsPeriod = Duration.zero
    package var statsUsers: [String] = []
    package var suspendTimeout = Duration.zero
    package var syslog = false
    package var syslogFacility = ""
    package var syslogIdent = ""
    package var tcpDeferAccept = false
    package var tcpKeepalive = false
    package var tcpKeepcnt = 0
    package var tcpKeepidle = Duration.zero
    package var tcpKeepintvl = Duration.zero
    package var tcpSocketBuffer = 0
    package var tcpUserTimeout = Duration.zero
    package var trackExtraParameters: [String] = []
    package var transactionTimeout = Duration.zero
    package var unixSocketDir = ""
    package var unixSocketGroup = ""
    package var unixSocketMode = 0
    package var user: String?
    package var verbose = 0

    // Settings that PgBouncer does not have.
    package var followSession = SessionFollowing.off
    package var ioEngine = IOEngineChoice.auto
    /// Threads that serve connections; 0 means one for each processor core.
    package var workers = 0

    /// The text of each setting that was set and not merely left at its default, by name.
    ///
    /// Kept as secrets, because one of them is (`auth_ldap_options`).
    var written: [String: Secret] = [:]

    /// Every setting at its default.
    package init() { self = Self.defaults }

    private static let defaults: PoolerSettings = {
        var settings = PoolerSettings(blank: ())
        for row in SettingTable.rows {
            guard let text = row.defaultText else { continue }
            // A default that its own row refuses is caught by the tests; here it would leave the blank value.
            try? row.field.write(text, to: &settings, name: row.name)
        }
        return settings
    }()

    private init(blank: Void) {}
}
