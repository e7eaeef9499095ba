/// One entry of `[peers]`, for SHOW PEERS.
package struct PeerRow: Hashable, Sendable {
    package var peerID: Int
    package var host: String?
    package var port: Int
    package var poolSize: Int

    package init(peerID: Int, host: String?, port: Int, poolSize: Int) {
        self.peerID = peerID
        self.host = host
        self.port = port
        self.poolSize = poolSize
    }
}

extension ShowTable {
    /// SHOW PEERS.
    package static func peers(_ peers: [PeerRow]) -> ShowTable {
        ShowTable(
            columns: columns(.int4, "peer_id") + columns(.text, "host") + columns(.int4, "port", "pool_size"),
            rows: peers.map { ["\($0.peerID)", $0.host, "\($0.port)", "\($0.poolSize)"] })
    }
}
