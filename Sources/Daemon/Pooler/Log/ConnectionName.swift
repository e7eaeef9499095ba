import IOEngine

/// PgBouncer's name for a connection in the log: `C-0x2a: db/user@127.0.0.1:56952 `.
struct ConnectionName {
    enum Side {
        case client, server
    }

    let side: Side
    let number: UInt64
    let database: String
    let user: String
    let address: SocketAddress
    /// The port that is shown for a Unix socket, which has none.
    let unixPort: Int
}

extension LogMessage.StringInterpolation {
    mutating func appendInterpolation(_ name: ConnectionName) {
        appendLiteral(name.side == .client ? "C-0x" : "S-0x")
        appendInterpolation(hexadecimal: name.number)
        append(":")
        append(" ")
        appendInterpolation(name.database)
        append("/")
        appendInterpolation(name.user)
        append("@")
        appendInterpolation(name.address, unixPort: name.unixPort)
        append(" ")
    }

    /// `127.0.0.1:6432`, `[::1]:6432`, `unix(1234):6432`.
    mutating func appendInterpolation(_ address: SocketAddress, unixPort: Int) {
        switch address {
        case .ipv4(_, let port):
            appendInterpolation(address.host)
            append(":")
            appendInterpolation(port)
        case .ipv6(_, _, _, let port):
            append("[")
            appendInterpolation(address.host)
            appendLiteral("]:")
            appendInterpolation(port)
        case .unix(_, let pid):
            appendLiteral("unix")
            if pid != 0 {
                append("(")
                appendInterpolation(pid)
                append(")")
            }
            append(":")
            appendInterpolation(unixPort)
        }
    }
}
