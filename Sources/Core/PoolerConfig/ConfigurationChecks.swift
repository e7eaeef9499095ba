extension PoolerSettings {
    /// Combinations of settings that PgBouncer refuses to load, in its words.
    var contradictions: [String] {
        authType == .hba && authHbaFile.isEmpty ? ["auth_type=hba requires auth_hba_file"] : []
    }

    /// The settings that were given a value but do nothing yet, in table order; not those that say what is done anyway.
    package var explicitButNotActedOn: [Setting] {
        SettingTable.rows.filter { !$0.isActedOn && isExplicit($0.name) && !saysWhatIsDone($0) }
    }

    /// Whether PgBouncer would do what Weir does, with this value of a setting that nothing acts on.
    private func saysWhatIsDone(_ row: Setting) -> Bool {
        switch row.name {
        // Nothing is what an empty text or 0 asks for, and "disable" turns TLS off.
        case _ where ["", "0", "disable"].contains(text(of: row) ?? ""): true
        case "auth_hba_file", "auth_ident_file": authType != .hba
        case "auth_ldap_options": authType != .ldap
        case "auth_query", "auth_dbname": authUser == nil
        // Has a warning of its own, see `plainServerConnections`.
        case "server_tls_sslmode": !serverTlsSslmode.demandsEncryption
        case let name where name.hasPrefix("client_tls"): clientTlsSslmode == .disable
        case let name where name.hasPrefix("server_tls"): serverTlsSslmode == .disable
        default: false
        }
    }
}

extension PoolerConfiguration {
    /// What an operator may expect of this configuration that Weir does not do yet: lines for the log.
    package var shortcomings: [String] {
        var names = settings.explicitButNotActedOn.map(\.name)
        for entry in databases + (fallback.map { [$0] } ?? []) {
            names += entry.keysNotActedOn.map { "\(entry.name).\($0)" }
        }
        var lines: [String] = []
        if !names.isEmpty { lines.append("settings accepted but without effect yet: \(names.joined(separator: ", "))") }
        if let line = plainServerConnections { lines.append(line) }
        return lines
    }

    /// The warning that server connections are not encrypted although PgBouncer would try to; `nil` if it would not.
    private var plainServerConnections: String? {
        let mode = settings.serverTlsSslmode
        guard mode == .allow || mode == .prefer else { return nil }
        let usesTCP = (databases + (fallback.map { [$0] } ?? [])).contains { entry in
            entry.host.contains { if case .tcp = $0 { true } else { false } }
        }
        guard usesTCP else { return nil }
        let value = settings.isExplicit("server_tls_sslmode") ? mode.rawValue : "\(mode.rawValue), the default"
        return "connections to servers are not encrypted: TLS is not supported yet (server_tls_sslmode is \(value); "
            + "set it to disable if that is what you want)"
    }
}

extension TLSMode {
    /// Whether going on in the clear would break a promise.
    package var demandsEncryption: Bool {
        switch self {
        case .disable, .allow, .prefer: false
        case .require, .verifyCA, .verifyFull: true
        }
    }
}
