extension SettingTable {
    /// `so_reuseport` to `verbose`.
    static let serviceToVerbose: [Setting] = [
        Setting(
            "so_reuseport", .flag(\.soReuseport), default: "0", isReloadable: false,
            "Let several processes listen on the same port."),
        Setting(
            "stats_period", .wholeSeconds(\.statsPeriod, positive), default: "60",
            "How often averages are computed and logged."),
        Setting(
            "stats_users", .list(\.statsUsers, .commasAndBlanks), default: "",
            "Users who may look at the console but change nothing."),
        Setting(
            "suspend_timeout", .seconds(\.suspendTimeout), default: "10", isActedOn: false,
            "Close connections whose buffers are still not flushed this long after `SUSPEND`; 0 waits for ever."),
        Setting(
            "syslog", .flag(\.syslog), default: "0",
            "Send log lines to syslog."),
        Setting(
            "syslog_facility", .text(\.syslogFacility), default: "daemon",
            "Syslog facility: `auth`, `authpriv`, `daemon`, `user` or `local0` to `local7`."),
        Setting(
            "syslog_ident", .text(\.syslogIdent), default: "pgbouncer",
            "Name of the program in syslog."),
        Setting(
            "tcp_defer_accept", .flag(\.tcpDeferAccept), default: "1",
            "Let the kernel hold back a new TCP connection until its first data has arrived."),
        Setting(
            "tcp_keepalive", .flag(\.tcpKeepalive), default: "1",
            "Turn on TCP keepalive."),
        Setting(
            "tcp_keepcnt", .integer(\.tcpKeepcnt, .only(count.range)), default: "0",
            "Unanswered keepalive probes before a connection is lost; 0 means the system's default."),
        Setting(
            "tcp_keepidle", .wholeSeconds(\.tcpKeepidle, .only(count.range)), default: "0",
            "Silence before the first keepalive probe; 0 means the system's default."),
        Setting(
            "tcp_keepintvl", .wholeSeconds(\.tcpKeepintvl, .only(count.range)), default: "0",
            "Time between keepalive probes; 0 means the system's default."),
        Setting(
            "tcp_socket_buffer", .integer(\.tcpSocketBuffer, count), default: "0",
            "Size of the kernel's socket buffers, in bytes; 0 means the system's default."),
        Setting(
            "tcp_user_timeout", .milliseconds(\.tcpUserTimeout, .only(count.range)), default: "0",
            "Give up a connection whose sent data stays unacknowledged this long; 0 means the system's default."),
        Setting(
            "track_extra_parameters", .list(\.trackExtraParameters, .commas), default: "IntervalStyle",
            isReloadable: false,
            "Further parameters that follow a client to each server connection; the server must report their changes."),
        Setting(
            "transaction_timeout", .seconds(\.transactionTimeout), default: "0",
            "Disconnect a client whose transaction lasts longer than this; 0 never does."),
        Setting(
            "unix_socket_dir", .path(\.unixSocketDir), default: "/tmp", isReloadable: false,
            "Directory of the Unix socket; `@name` means the abstract namespace, empty means no Unix socket."),
        Setting(
            "unix_socket_group", .text(\.unixSocketGroup), default: "", isReloadable: false,
            "Group that owns the Unix socket; empty leaves it."),
        Setting(
            "unix_socket_mode", .octal(\.unixSocketMode, UsableNumbers(0...0o7777)), default: "0777",
            isReloadable: false,
            "Permissions of the Unix socket."),
        Setting(
            "user", .optionalText(\.user), default: nil, isReloadable: false,
            "System user to become after start, when started as root."),
        Setting(
            "verbose", .integer(\.verbose, count), default: nil,
            "How much to log: 0 is normal, each step more."),
    ]

    /// Settings that PgBouncer does not have.
    static let own: [Setting] = [
        Setting(
            "follow_session", .choice(\.followSession), default: "off", isOwn: true,
            "What follows a client from server to server beyond what PgBouncer does: with statements, the wrong name of "
                + "a prepared statement is answered with PostgreSQL's error instead of ending the client."),
        Setting(
            "io_engine", .choice(\.ioEngine), default: "auto", isReloadable: false, isOwn: true,
            "How connections are read and written; auto is io_uring where the kernel allows it, else epoll."),
        Setting(
            "workers", .integer(\.workers, .only(0...1024)), default: "0", isReloadable: false, isOwn: true,
            "Threads that serve connections; 0 means one for each processor core."),
    ]
}
