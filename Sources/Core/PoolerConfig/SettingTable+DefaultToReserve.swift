extension SettingTable {
    /// `default_pool_size` to `reserve_pool_timeout`.
    static let defaultToReserve: [Setting] = [
        Setting(
            "default_pool_size", .integer(\.defaultPoolSize, count), default: "20",
            "Server connections for each pair of user and database; 0 means no limit."),
        Setting(
            "disable_pqexec", .flag(\.disablePqexec), default: "0", isReloadable: false,
            "Refuse the simple query protocol, which allows several statements in one message."),
        Setting(
            "dns_max_ttl", .seconds(\.dnsMaxTtl), default: "15",
            "Look up a host name again after this long at the latest."),
        Setting(
            "dns_nxdomain_ttl", .seconds(\.dnsNxdomainTtl), default: "15", isActedOn: false,
            "Remember for this long that a host name could not be found."),
        Setting(
            "dns_zone_check_period", .seconds(\.dnsZoneCheckPeriod), default: "0", isActedOn: false,
            "How often to compare the serial numbers of DNS zones; 0 never does."),
        Setting(
            "idle_transaction_timeout", .seconds(\.idleTransactionTimeout), default: "0",
            "Disconnect a client that stays idle inside a transaction for this long; 0 never does."),
        Setting(
            "ignore_startup_parameters", .list(\.ignoreStartupParameters, .commasAndBlanks), default: "",
            "Start-up parameters to accept from clients and drop instead of refusing the login."),
        Setting(
            "job_name", .text(\.jobName), default: "pgbouncer", isReloadable: false,
            "Name of the service in logs."),
        Setting(
            "listen_addr", .list(\.listenAddr, .commas), default: "", isReloadable: false,
            "Addresses on which to accept TCP connections; `*` means all, empty means none."),
        Setting(
            "listen_backlog", .integer(\.listenBacklog, count), default: "128", isReloadable: false,
            "Connections the kernel queues before they are accepted."),
        Setting(
            "listen_port", .integer(\.listenPort, .only(0...65_535)), default: "6432", isReloadable: false,
            "Port for TCP, and part of the name of the Unix socket."),
        Setting(
            "log_connections", .flag(\.logConnections), default: "1",
            "Log every login."),
        Setting(
            "log_disconnections", .flag(\.logDisconnections), default: "1",
            "Log every disconnection with its reason."),
        Setting(
            "log_pooler_errors", .flag(\.logPoolerErrors), default: "1",
            "Log the errors that the pooler itself sends to clients."),
        Setting(
            "log_stats", .flag(\.logStats), default: "1",
            "Log the averages once every `stats_period`."),
        Setting(
            "logfile", .path(\.logfile), default: "",
            "File to which log lines are appended; empty means none."),
        Setting(
            "login_notify_message", .text(\.loginNotifyMessage), default: "",
            "Text sent to each client as a notice after login; empty sends none."),
        Setting(
            "max_client_conn", .integer(\.maxClientConn, count), default: "100",
            "Client connections allowed in all."),
        Setting(
            "max_db_client_connections", .integer(\.maxDbClientConnections, count), default: "0",
            "Client connections allowed for each database; 0 means no limit."),
        Setting(
            "max_db_connections", .integer(\.maxDbConnections, count), default: "0",
            "Server connections allowed for each database over all users; 0 means no limit."),
        Setting(
            "max_packet_size", .integer(\.maxPacketSize, UsableNumbers(0...Int(UInt32.max))), default: "2147483647",
            "Longest message let through, in bytes."),
        Setting(
            "max_prepared_statements", .integer(\.maxPreparedStatements, count), default: "200",
            "Prepared statements kept on each server connection for transaction and statement pooling; 0 turns "
                + "their tracking off."),
        Setting(
            "max_user_client_connections", .integer(\.maxUserClientConnections, count), default: "0",
            "Client connections allowed for each user over all databases; 0 means no limit."),
        Setting(
            "max_user_connections", .integer(\.maxUserConnections, count), default: "0",
            "Server connections allowed for each user over all databases; 0 means no limit."),
        Setting(
            "min_pool_size", .integer(\.minPoolSize, count), default: "0",
            "Server connections to keep open in a pool that is in use."),
        Setting(
            "peer_id", .integer(\.peerId, UsableNumbers(0...16_383)), default: "0", isActedOn: false,
            "Number of this process among its peers; 0 turns peering off."),
        Setting(
            "pidfile", .path(\.pidfile), default: "", isReloadable: false,
            "File that holds the process id while the pooler runs; empty means none."),
        Setting(
            "pkt_buf", .integer(\.pktBuf, positive), default: "4096", isReloadable: false,
            "Size of a connection's buffer, in bytes."),
        Setting(
            "pool_mode", .choice(\.poolMode), default: "session",
            "When a server connection goes back to the pool."),
        Setting(
            "pool_idle_timeout", .seconds(\.poolIdleTimeout), default: "0",
            "Forget a pool that nobody used for this long; 0 never does."),
        Setting(
            "query_timeout", .seconds(\.queryTimeout), default: "0",
            "Cut off a query that runs longer than this; 0 never does."),
        Setting(
            "query_wait_notify", .wholeSeconds(\.queryWaitNotify, count), default: "5",
            "Tell a client by a notice that it has waited this long for a server; 0 never does."),
        Setting(
            "query_wait_timeout", .seconds(\.queryWaitTimeout), default: "120",
            "Disconnect a client that waited this long for a server; 0 lets it wait for ever."),
        Setting(
            "reserve_pool_size", .integer(\.reservePoolSize, count), default: "0",
            "Extra server connections for a pool whose clients wait too long; 0 means none."),
        Setting(
            "reserve_pool_timeout", .seconds(\.reservePoolTimeout), default: "5",
            "Open the reserve once a client has waited this long; 0 never does."),
    ]
}
