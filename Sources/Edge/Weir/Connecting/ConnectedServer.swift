import NIOCore


/// A connection that has just logged in. Its channel lives on `channel.eventLoop` and has nothing in its pipeline but TLS.
package struct ConnectedServer: Sendable {
    let channel: any Channel
    /// What came behind the first ReadyForQuery, most often nothing.
    let leftover: ByteBuffer
    /// What the server reported: `server_version`, `in_hot_standby`, …
    package let parameters: [String: String]
    /// Who to cancel; `nil` if the server (a pooler) gave no key.
    package let cancelKey: CancelKey?
    /// For errors and metrics: `db1.example:5432`, `/run/postgresql/.s.PGSQL.5432`.
    package let address: String
    /// Sends a CancelRequest the way this connection was made (same address, same encryption) and returns when the server has taken note.
    /// Never throws: a cancel request is a wish.
    let sendCancel: @Sendable (CancelKey) async -> Void
}

/// What a CancelRequest has to carry.
///
/// Source: PostgreSQL, protocol-message-formats.html, BackendKeyData; the key is 4 bytes in protocol 3.0, up to 256 in 3.2.
package struct CancelKey: Hashable, Sendable {
    package var processID: Int32
    package var secret: [UInt8]
}
