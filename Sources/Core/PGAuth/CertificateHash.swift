import Crypto

/// The hash function that `tls-server-end-point` uses for a server's certificate.
///
/// Source: RFC 5929 section 4.1
package enum CertificateHash: Hashable, Sendable {
    case sha256, sha384, sha512

    /// The hash of a certificate in DER.
    ///
    /// - Complexity: O(*n*)
    package func digest(_ certificate: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: Array(SHA256.hash(data: certificate))
        case .sha384: Array(SHA384.hash(data: certificate))
        case .sha512: Array(SHA512.hash(data: certificate))
        }
    }
}
