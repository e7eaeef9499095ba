extension PoolerSettings {
    /// Why these TLS settings are refused, in PgBouncer's words; empty when they are not.
    ///
    /// PgBouncer looks at the settings of a side only if TLS is not disabled for it. Cipher lists are not judged here:
    /// what they mean is OpenSSL's to say. The files are looked at elsewhere, see ``clientTLSFiles``.
    package var tlsFaults: [String] {
        var faults: [String] = []
        if clientTlsSslmode != .disable, clientTlsKeyFile.isEmpty || clientTlsCertFile.isEmpty {
            faults.append(
                "To allow TLS connections from clients, client_tls_key_file and client_tls_cert_file must be set.")
        }
        if authType == .cert {
            if clientTlsSslmode != .verifyFull {
                faults.append("auth_type=cert requires client_tls_sslmode=SSLMODE_VERIFY_FULL")
            }
            if clientTlsCaFile.isEmpty { faults.append("auth_type=cert requires client_tls_ca_file") }
        } else if clientTlsSslmode == .verifyFull, clientTlsCaFile.isEmpty {
            faults.append("client_tls_sslmode requires client_tls_ca_file")
        }
        if serverTlsSslmode != .disable, !TLSWords.areProtocols(serverTlsProtocols) {
            faults.append("invalid server_tls_protocols: \(serverTlsProtocols)")
        }
        if clientTlsSslmode != .disable {
            if !TLSWords.areProtocols(clientTlsProtocols) {
                faults.append("invalid client_tls_protocols: \(clientTlsProtocols)")
            }
            if !TLSWords.isDHEParameter(clientTlsDheparams) {
                faults.append("invalid client_tls_dheparams: \(clientTlsDheparams)")
            }
            if !TLSWords.isCurve(clientTlsEcdhcurve) {
                faults.append("invalid client_tls_ecdhecurve: \(clientTlsEcdhcurve)")
            }
        }
        return faults
    }

    /// The files that PgBouncer reads at the start and at a reload, in its order.
    ///
    /// Those for server connections are read when a connection is made, and are no reason to refuse a configuration.
    package var clientTLSFiles: [TLSFile] {
        guard clientTlsSslmode != .disable else { return [] }
        let files = [
            TLSFile(kind: .certificate, path: clientTlsCertFile), TLSFile(kind: .privateKey, path: clientTlsKeyFile),
            TLSFile(kind: .authorities, path: clientTlsCaFile),
        ]
        return files.filter { !$0.path.isEmpty }
    }
}

/// A file of certificates or keys that a setting names.
package struct TLSFile: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case certificate = "certificate file"
        case privateKey = "private key file"
        case authorities = "CA file"
    }

    package let kind: Kind
    package let path: String

    /// The complaint when the file cannot be used; the beginning is PgBouncer's.
    package func fault(_ reason: String) -> String {
        "TLS setup failed: failed to load \(kind.rawValue) \"\(path)\": \(reason)"
    }

    /// Whether `bytes` hold what the file is for, in PEM.
    package func isPlausible(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let labels =
            switch kind {
            case .certificate, .authorities: ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"]
            case .privateKey:
                ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"]
            }
        return text.split(whereSeparator: \.isNewline).contains { line in
            labels.contains { line.hasPrefix("-----BEGIN \($0)-----") }
        }
    }
}

/// The words of TLS settings that are not OpenSSL's.
///
/// Source: PgBouncer 1.25.2, lib/usual/tls/tls_config.c.
enum TLSWords {
    /// Items separated by `,` or `:`; `!` before one takes it away. No text at all means all of them.
    static func areProtocols(_ text: String) -> Bool {
        guard !text.isEmpty else { return true }
        let words = ["all", "default", "secure", "tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3"]
        return text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":") }
            .allSatisfy { item in
                var word = item.drop(while: \.isBlank)
                if word.first == UInt8(ascii: "!") { word = word.dropFirst() }
                return words.contains(String(decoding: word, as: UTF8.self).lowercased())
            }
    }

    static func isDHEParameter(_ text: String) -> Bool { ["", "none", "auto"].contains(text.lowercased()) }

    /// The curves of OpenSSL that TLS can use for its key exchange, by each of their names.
    static func isCurve(_ text: String) -> Bool {
        if ["", "none", "auto"].contains(text.lowercased()) { return true }
        // OpenSSL tells case apart.
        return curves.contains(text)
    }

    private static let curves: Set<String> = [
        "prime256v1", "secp256k1", "secp384r1", "secp521r1", "secp224r1", "secp224k1", "secp192k1", "prime192v1",
        "secp160k1", "secp160r1", "secp160r2", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "X25519",
        "X448", "sect163k1", "sect163r1", "sect163r2", "sect193r1", "sect193r2", "sect233k1", "sect233r1", "sect239k1",
        "sect283k1", "sect283r1", "sect409k1", "sect409r1", "sect571k1", "sect571r1",
    ]
}
