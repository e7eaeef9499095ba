/// A table of SHOW; the raw value is the word that follows SHOW.
///
/// Source: PgBouncer, doc/usage.md “Show commands”
package enum ShowTarget: String, CaseIterable, Hashable, Sendable {
    case clients
    case config
    case databases
    case fds
    case help
    case lists
    case peers
    case peerPools = "peer_pools"
    case pools
    case servers
    case sockets
    case activeSockets = "active_sockets"
    case stats
    case statsTotals = "stats_totals"
    case statsAverages = "stats_averages"
    case users
    case version
    case totals
    case mem
    case dnsHosts = "dns_hosts"
    case dnsZones = "dns_zones"
    case state

    /// - Parameter name: in any letter case.
    package init?(named name: String) {
        guard let target = Self.allCases.first(where: { $0.rawValue.equalsIgnoringCase(name) }) else { return nil }
        self = target
    }
}
