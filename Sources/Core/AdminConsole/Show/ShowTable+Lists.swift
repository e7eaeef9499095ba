/// How many of everything there are, for SHOW LISTS.
package struct ListCounts: Hashable, Sendable {
    package var databases: Int = 0
    package var users: Int = 0
    package var peers: Int = 0
    package var pools: Int = 0
    package var peerPools: Int = 0
    /// Room already allocated for clients to come.
    package var freeClients: Int = 0
    package var usedClients: Int = 0
    package var loginClients: Int = 0
    /// Room already allocated for servers to come.
    package var freeServers: Int = 0
    package var usedServers: Int = 0
    package var dnsNames: Int = 0
    package var dnsZones: Int = 0
    package var dnsQueries: Int = 0
    package var dnsPending: Int = 0

    package init() {}
}

extension ShowTable {
    /// SHOW LISTS.
    package static func lists(_ counts: ListCounts) -> ShowTable {
        let rows: [(String, Int)] = [
            ("databases", counts.databases), ("users", counts.users), ("peers", counts.peers),
            ("pools", counts.pools), ("peer_pools", counts.peerPools), ("free_clients", counts.freeClients),
            ("used_clients", counts.usedClients), ("login_clients", counts.loginClients),
            ("free_servers", counts.freeServers), ("used_servers", counts.usedServers),
            ("dns_names", counts.dnsNames), ("dns_zones", counts.dnsZones), ("dns_queries", counts.dnsQueries),
            ("dns_pending", counts.dnsPending),
        ]
        return ShowTable(
            columns: columns(.text, "list") + columns(.int4, "items"), rows: rows.map { [$0.0, "\($0.1)"] })
    }
}
