import Glibc

/// The number of files the process may open: each client and each server needs one, and the process a few more.
enum FileLimit {
    /// Raises the soft limit as far as the system allows, and warns when that is not enough.
    static func raise(for settings: (clients: Int, servers: Int), _ log: Log) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return }
        let wanted = rlim_t(settings.clients + settings.servers + 64)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            _ = unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        }
        log.write(
            .log,
            "kernel file descriptor limit: \(limit.rlim_cur) (hard: \(limit.rlim_max)); "
                + "max_client_conn: \(settings.clients), max expected fd use: \(wanted)")
        if limit.rlim_cur < wanted {
            log.write(
                .warning,
                "the limit of \(limit.rlim_max) open files is too low for max_client_conn: raise it to \(wanted) "
                    + "(ulimit -n, or LimitNOFILE= of the systemd unit)")
        }
    }
}
