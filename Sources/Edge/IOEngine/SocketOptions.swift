/// The kernel options of a socket. Zero keeps the system's default.
package struct SocketOptions: Hashable, Sendable {
    /// PgBouncer setting `tcp_keepalive`.
    package var keepAlive = true
    /// Seconds; `tcp_keepidle`, `tcp_keepintvl`, and the count `tcp_keepcnt`.
    package var keepIdle = 0
    package var keepInterval = 0
    package var keepCount = 0
    /// Milliseconds; `tcp_user_timeout`.
    package var userTimeout = 0
    /// Bytes for the send and the receive buffer; `tcp_socket_buffer`.
    package var socketBuffer = 0

    package init() {}
}
