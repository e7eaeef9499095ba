import PoolerConfig

/// Settings that would be dangerous to accept without acting on them: a connection believed to be encrypted, or a
/// log-in believed to be checked.
///
/// Others that are not acted on yet only earn a warning, see ``PoolerSettings/explicitButNotActedOn``.
enum UnsupportedSettings {
    /// What forbids these settings; `nil` if nothing does.
    static func objection(to settings: PoolerSettings) -> String? {
        switch settings.authType {
        case .cert, .hba, .ldap, .pam: return "auth_type = \(settings.authType.rawValue) is not supported yet"
        case .any, .trust, .plain, .md5, .scramSHA256: break
        }
        if settings.clientTlsSslmode.demandsEncryption {
            return "client_tls_sslmode = \(settings.clientTlsSslmode.rawValue): TLS is not supported yet"
        }
        if settings.serverTlsSslmode.demandsEncryption {
            return "server_tls_sslmode = \(settings.serverTlsSslmode.rawValue): TLS is not supported yet"
        }
        return nil
    }
}
