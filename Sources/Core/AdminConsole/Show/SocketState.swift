/// The list a connection is in, named as SHOW SOCKETS names it, in the order the lists are shown.
package enum SocketState: String, CaseIterable, Hashable, Sendable {
    case clientActive = "cl_active"
    case clientWaiting = "cl_waiting"
    case clientActiveCancelRequest = "cl_active_cancel_req"
    case clientWaitingCancelRequest = "cl_waiting_cancel_req"
    case serverActive = "sv_active"
    case serverIdle = "sv_idle"
    case serverUsed = "sv_used"
    case serverTested = "sv_tested"
    case serverLogin = "sv_login"
    case serverActiveCancel = "sv_active_cancel"
    case serverBeingCanceled = "sv_being_canceled"
    /// Belongs to no pool yet.
    case clientLogin = "cl_login"

    package var isServer: Bool {
        switch self {
        case .serverActive, .serverIdle, .serverUsed, .serverTested, .serverLogin, .serverActiveCancel,
            .serverBeingCanceled:
            true
        case .clientActive, .clientWaiting, .clientActiveCancelRequest, .clientWaitingCancelRequest, .clientLogin:
            false
        }
    }

    /// Part of a cancel request: shown by SHOW CLIENTS and SHOW SERVERS only.
    var isCancellation: Bool {
        switch self {
        case .clientActiveCancelRequest, .clientWaitingCancelRequest, .serverActiveCancel, .serverBeingCanceled: true
        default: false
        }
    }

    /// The word in SHOW CLIENTS and SHOW SERVERS.
    ///
    /// Only one that is linked is active there, any other is idle: a client between transactions, or a server that
    /// its client has just left.
    func plainWord(isLinked: Bool) -> String {
        switch self {
        case .clientActive, .serverActive: isLinked ? "active" : "idle"
        case .serverLogin: "new"
        default: String(rawValue.dropFirst(3))
        }
    }
}
