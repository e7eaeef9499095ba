package import NIOCore

/// A connection that has just logged in. Its channel runs on `channel.eventLoop` and has no handlers but TLS.
///
/// It does not read by itself (`autoRead` is off), so that no bytes are lost before a handler is installed.
package struct ConnectedServer: Sendable {
    package let channel: any Channel
    /// The bytes received after the first ReadyForQuery; usually none.
    package let leftover: ByteBuffer
    /// The parameters that the server reported: `server_version`, `in_hot_standby`, …
    package let parameters: [String: String]
    /// The key for CancelRequest; `nil` if the server (a pooler) sent none.
    package let cancelKey: CancelKey?
    /// For errors and metrics: `db1.example:5432`, `/run/postgresql/.s.PGSQL.5432`.
    package let address: String
    /// Sends a CancelRequest in the same way as this connection was made (same address, same encryption) and returns
    /// when the server has processed it. Never throws: cancelling is best effort.
    package let sendCancel: @Sendable (CancelKey) async -> Bool

    package init(
        channel: any Channel, leftover: ByteBuffer, parameters: [String: String], cancelKey: CancelKey?,
        address: String,
        sendCancel: @escaping @Sendable (CancelKey) async -> Bool
    ) {
        self.channel = channel
        self.leftover = leftover
        self.parameters = parameters
        self.cancelKey = cancelKey
        self.address = address
        self.sendCancel = sendCancel
    }
}

/// The data that a CancelRequest must carry.
///
/// Source: PostgreSQL, protocol-message-formats.html, BackendKeyData; the key is 4 bytes in protocol 3.0, up to 256 in
/// 3.2.
package struct CancelKey: Hashable, Sendable {
    package var processID: Int32
    package var secret: [UInt8]

    package init(processID: Int32, secret: [UInt8]) {
        self.processID = processID
        self.secret = secret
    }
}
