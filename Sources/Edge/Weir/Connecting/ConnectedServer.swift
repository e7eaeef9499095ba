package import NIOCore

/// A connection that has just logged in. Its channel lives on `channel.eventLoop` and has nothing in its pipeline but TLS.
///
/// It does not read by itself (`autoRead` is off), so that nothing is lost before somebody listens.
package struct ConnectedServer: Sendable {
    package let channel: any Channel
    /// What came behind the first ReadyForQuery, most often nothing.
    package let leftover: ByteBuffer
    /// What the server reported: `server_version`, `in_hot_standby`, …
    package let parameters: [String: String]
    /// Who to cancel; `nil` if the server (a pooler) gave no key.
    package let cancelKey: CancelKey?
    /// For errors and metrics: `db1.example:5432`, `/run/postgresql/.s.PGSQL.5432`.
    package let address: String
    /// Sends a CancelRequest the way this connection was made (same address, same encryption) and returns when the
    /// server has taken note. Never throws: a cancel request is a wish.
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

/// What a CancelRequest has to carry.
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
