import NIOSSL

/// Describes TLS errors in words.
enum TLSReason {
    /// Returns `certificate verify failed` and the like, in OpenSSL's words where available.
    static func text(_ error: any Error) -> String {
        switch error {
        case NIOSSLError.handshakeFailed(let reason): text(reason)
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate: "certificate verify failed"
        case BoringSSLError.sslError(let stack), BoringSSLError.unknownError(let stack):
            stack.map { words(of: $0) }.joined(separator: ", ")
        default: "\(error)"
        }
    }

    /// Extracts the reason from an entry, which reads
    /// `error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at file:line` or
    /// `Error:  EOF during handshake`.
    private static func words(of error: BoringSSLInternalError) -> String {
        let text = "\(error)"
        guard let last = text.split(separator: "OPENSSL_internal:").last, last.count < text.count else {
            return text.split(separator: " ").drop { $0 == "Error:" }.joined(separator: " ")
        }
        let name = last.prefix { $0.isUppercase || $0.isNumber || $0 == "_" }
        return name.isEmpty ? text : name.lowercased().split(separator: "_").joined(separator: " ")
    }
}
