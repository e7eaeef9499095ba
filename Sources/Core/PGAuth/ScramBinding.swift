/// The channel binding that a SCRAM client announces and proves.
///
/// Source: RFC 5802 section 6; RFC 5929 section 4
package enum ScramBinding: Hashable, Sendable {
    /// The client does not support it: the connection is not encrypted, or binding is disabled.
    case unsupported
    /// The client supports it, but the server did not offer it. A server that did offer it can tell from this that an
    /// attacker removed the offer, and rejects the client.
    case notOffered
    /// The proof includes the hash of the server's certificate, so it is useless to an attacker with another
    /// certificate.
    case tlsServerEndPoint(certificateHash: [UInt8])

    /// The beginning of the client's first message.
    var header: [UInt8] {
        switch self {
        case .unsupported: Array("n,,".utf8)
        case .notOffered: Array("y,,".utf8)
        case .tlsServerEndPoint: Array("p=tls-server-end-point,,".utf8)
        }
    }

    /// The channel-binding value of the client's final message, before base64.
    var input: [UInt8] {
        if case .tlsServerEndPoint(let hash) = self { header + hash } else { header }
    }
}
