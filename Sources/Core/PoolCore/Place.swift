/// Where a server is; being in that list of its pool *is* its state.
enum Place: UInt8, Sendable {
    case gone, login, idle, used, tested, active, beingCanceled, closing

    /// Logged in and not told to close.
    var isConnected: Bool {
        switch self {
        case .idle, .used, .tested, .active, .beingCanceled: true
        case .gone, .login, .closing: false
        }
    }
}
