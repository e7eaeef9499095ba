extension PoolerSettings {
    /// Combinations of settings that PgBouncer refuses to start with, in its words.
    var contradictions: [String] {
        var found: [String] = []
        if clientTlsSslmode != .disable, clientTlsKeyFile.isEmpty || clientTlsCertFile.isEmpty {
            found.append(
                "To allow TLS connections from clients, client_tls_key_file and client_tls_cert_file must be set.")
        }
        if authType == .cert {
            if clientTlsSslmode != .verifyFull {
                found.append("auth_type=cert requires client_tls_sslmode=SSLMODE_VERIFY_FULL")
            }
            if clientTlsCaFile.isEmpty { found.append("auth_type=cert requires client_tls_ca_file") }
        } else if clientTlsSslmode == .verifyFull, clientTlsCaFile.isEmpty {
            found.append("client_tls_sslmode requires client_tls_ca_file")
        }
        if authType == .hba, authHbaFile.isEmpty { found.append("auth_type=hba requires auth_hba_file") }
        return found
    }
}
