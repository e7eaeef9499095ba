/// The pool of one peer, for SHOW PEER_POOLS.
package struct PeerPoolRow: Hashable, Sendable {
    package var peerID: Int
    package var clientsActiveCancelRequest: Int = 0
    package var clientsWaitingCancelRequest: Int = 0
    package var serversActiveCancel: Int = 0
    package var serversLogin: Int = 0

    package init(peerID: Int) { self.peerID = peerID }
}

extension ShowTable {
    /// SHOW PEER_POOLS.
    package static func peerPools(_ pools: [PeerPoolRow]) -> ShowTable {
        ShowTable(
            columns: columns(
                .int4, "peer_id", "cl_active_cancel_req", "cl_waiting_cancel_req", "sv_active_cancel", "sv_login"),
            rows: pools.map { pool in
                [
                    "\(pool.peerID)", "\(pool.clientsActiveCancelRequest)", "\(pool.clientsWaitingCancelRequest)",
                    "\(pool.serversActiveCancel)", "\(pool.serversLogin)",
                ]
            })
    }
}
