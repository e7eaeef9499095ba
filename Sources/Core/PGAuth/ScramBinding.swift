/// What a SCRAM client says about channel binding, and proves.
///
/// Source: RFC 5802 section 6; RFC 5929 section 4
package enum ScramBinding: Hashable, Sendable {
    /// We cannot: the connection is not encrypted, or binding is switched off.
    case unsupported
    /// We could, but the server did not offer it. A server that did offer it knows by this that somebody in between
    /// took the offer away, and refuses.
    case notOffered
    /// The proof holds the hash of the server's certificate, so it is worth nothing to who has another certificate.
    case tlsServerEndPoint(certificateHash: [UInt8])

    /// What the client's first message begins with.
    var header: [UInt8] {
        switch self {
        case .unsupported: Array("n,,".utf8)
        case .notOffered: Array("y,,".utf8)
        case .tlsServerEndPoint: Array("p=tls-server-end-point,,".utf8)
        }
    }

    /// What the client's final message repeats, before base64.
    var input: [UInt8] {
        if case .tlsServerEndPoint(let hash) = self { header + hash } else { header }
    }
}
