import IOEngine
import LoginCore
import MonotonicTime
import PoolCore

/// What changes rarely or never, and is not needed for forwarding.
final class ClientDetails {
    var peer = SocketAddress.unix(path: "", pid: 0)
    /// The account at the other end of a Unix socket.
    var peerUser: UInt32?
    let connectTime: Instant
    /// Seconds since 1970.
    let connectDate: Int64
    /// The name asked for, and whether the configuration has it.
    var database = ""
    var isDatabaseKnown = false
    var user = ""
    /// `nil` for a client of a database, and for one that is not logged in.
    var role: ConsoleRole?
    /// The bytes of the console's latest answer.
    var answerSize = 0
    var cancelKey: CancelKey?
    /// What the client counts towards, to be given back.
    var admission: Admission?
    var joinedPool: PoolID?

    struct Admission {
        var database: DatabaseID?
        var user: UserID?
    }

    init(connectTime: Instant) {
        self.connectTime = connectTime
        connectDate = WallClock.seconds()
    }

    /// The connection's name in the log.
    func name(number: UInt64, unixPort: Int) -> ConnectionName {
        ConnectionName(
            side: .client, number: number, database: isDatabaseKnown ? database : "(nodb)",
            user: user.isEmpty ? "(nouser)" : user, address: peer, unixPort: unixPort)
    }
}
