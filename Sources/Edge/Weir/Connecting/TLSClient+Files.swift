import ConnInfoFiles
import NIOSSL
import PGConnInfo
import PGSession

/// Reads the files that TLS needs. Which of them may be missing follows libpq.
extension TLSClient {
    /// Returns the trusted roots; `nil` to accept every certificate, as libpq does if the file does not exist and
    /// `sslmode` verifies nothing.
    static func roots(_ options: TLSOptions) throws -> NIOSSLTrustRoots? {
        let verifies = options.mode == .verifyCA || options.mode == .verifyFull
        switch options.roots {
        case .system: return .default
        case .file(let path) where LocalFile.exists(path): return .file(path)
        case .file(let path) where verifies:
            throw ConnectFailure(
                .tls,
                "root certificate file \"\(path)\" does not exist (either provide the file, use the system's trusted "
                    + "roots with sslrootcert=system, or change sslmode to disable server certificate verification)")
        case nil where verifies:
            throw ConnectFailure(.tls, "could not get home directory to locate root certificate file")
        case .file, nil: return nil
        }
    }

    /// Refuses certificate revocation lists: they are not supported, and ignoring them would be unsafe.
    static func refuseRevocation(_ options: TLSOptions, sslcrl: String?) throws {
        let file = options.revoked.flatMap { $0 == sslcrl || LocalFile.exists($0) ? $0 : nil }
        guard let list = file ?? options.revokedDirectory else { return }
        throw ConnectFailure(
            .configuration, "revoked certificates (\"\(list)\") cannot be checked: sslcrl is not supported")
    }

    /// Adds the client's certificate and its key.
    ///
    /// - Returns: whether there is a certificate.
    static func addCertificate(_ options: TLSOptions, to configuration: inout TLSConfiguration) throws -> Bool {
        guard options.certificateMode != .disable, let path = options.certificate, LocalFile.exists(path) else {
            return false
        }
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(path) } catch {
            throw ConnectFailure(.tls, "could not read certificate file \"\(path)\": \(TLSReason.text(error))")
        }
        guard let keyPath = options.key, let file = LocalFile.facts(keyPath) else {
            throw ConnectFailure(
                .tls, "certificate present, but not private key file \"\(options.key ?? "postgresql.key")\"")
        }
        if let objection = file.objectionAsPrivateKey { throw ConnectFailure(.tls, objection) }
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = .privateKey(try key(keyPath, options.keyPassphrase))
        return true
    }

    private static func key(_ path: String, _ passphrase: Secret?) throws -> NIOSSLPrivateKey {
        // Without a callback the library would prompt at the terminal.
        let answer: NIOSSLPassphraseCallback<[UInt8]> = { setter in setter(passphrase?.bytes ?? []) }
        do {
            return try NIOSSLPrivateKey(file: path, format: .pem, passphraseCallback: answer)
        } catch {
            if let key = try? NIOSSLPrivateKey(file: path, format: .der, passphraseCallback: answer) { return key }
            throw ConnectFailure(.tls, "could not load private key file \"\(path)\": \(TLSReason.text(error))")
        }
    }
}
