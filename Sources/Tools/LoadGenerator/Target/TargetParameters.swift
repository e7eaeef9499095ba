package import PGConnInfo
package import PGWire

/// What a connection string and the environment say together, with libpq's rules for which of them counts.
package struct TargetParameters: Sendable {
    package let user: String
    package let database: String
    private let values: [ConnectionString.Keyword: String]

    /// libpq's environment variables, for the keywords that matter to us.
    ///
    /// Source: PostgreSQL, libpq-envars.html
    private static let variables: [(keyword: ConnectionString.Keyword, name: String)] = [
        (.host, "PGHOST"), (.hostaddr, "PGHOSTADDR"), (.port, "PGPORT"), (.dbname, "PGDATABASE"), (.user, "PGUSER"),
        (.password, "PGPASSWORD"), (.passfile, "PGPASSFILE"), (.service, "PGSERVICE"), (.options, "PGOPTIONS"),
        (.applicationName, "PGAPPNAME"), (.sslmode, "PGSSLMODE"), (.connectTimeout, "PGCONNECT_TIMEOUT"),
        (.clientEncoding, "PGCLIENTENCODING"), (.channelBinding, "PGCHANNELBINDING"), (.gssencmode, "PGGSSENCMODE"),
        (.requireAuth, "PGREQUIREAUTH"), (.targetSessionAttrs, "PGTARGETSESSIONATTRS"),
        (.requirepeer, "PGREQUIREPEER"),
    ]

    /// The values of each keyword that we obey by doing nothing. A keyword with any other value is refused: a promise is
    /// not broken silently.
    private static let harmless: [(keyword: ConnectionString.Keyword, values: [String])] = [
        (.service, []), (.channelBinding, ["prefer", "disable"]), (.gssencmode, ["prefer", "disable"]),
        (.requireAuth, []), (.requirepeer, []), (.targetSessionAttrs, ["any"]), (.loadBalanceHosts, ["disable"]),
        (.replication, ["false", "off", "no", "0"]), (.sslnegotiation, ["postgres"]), (.scramClientKey, []),
        (.scramServerKey, []), (.minProtocolVersion, ["3.0"]),
    ]

    /// - Parameters:
    ///   - text: a URI, keywords and values, or the name of a database.
    ///   - systemUser: who runs the program, for the default of `user`.
    package init(
        _ text: String?, environment: [String: String], systemUser: String?
    ) throws(TargetError) {
        var values: [ConnectionString.Keyword: String] = [:]
        if let text, !text.isEmpty {
            if ConnectionString.isURI(text) || text.contains("=") {
                do throws(ConnInfoError) {
                    for option in try ConnectionString(text).options { values[option.keyword] = option.value }
                } catch {
                    throw .connectionString(error)
                }
            } else {
                values[.dbname] = text
            }
        }
        for (keyword, name) in Self.variables where values[keyword] == nil { values[keyword] = environment[name] }
        values = values.filter { !$0.value.isEmpty }

        if let mode = values[.sslmode], !["disable", "allow", "prefer"].contains(mode) { throw .needsTLS(mode) }
        for (keyword, allowed) in Self.harmless {
            guard let value = values[keyword], !allowed.contains(value) else { continue }
            throw .unsupported(keyword: keyword.rawValue, value: keyword.isSecret ? "…" : value)
        }
        guard let user = values[.user] ?? systemUser else { throw .noUser }
        self.user = user
        database = values[.dbname] ?? user
        self.values = values
    }

    /// The value of a keyword; an empty one counts as none.
    package func value(_ keyword: ConnectionString.Keyword) -> String? {
        values[keyword]
    }

    package func servers() throws(TargetError) -> [ConnectionString.Server] {
        let words = [ConnectionString.Keyword.host, .hostaddr, .port].compactMap { keyword -> String? in
            guard let value = values[keyword] else { return nil }
            let protected = value.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
            return "\(keyword.rawValue)='\(protected)'"
        }
        let string: ConnectionString
        do throws(ConnInfoError) {
            string = try ConnectionString(words.joined(separator: " "))
        } catch {
            throw .connectionString(error)
        }
        do throws(ServerListError) {
            return try string.servers()
        } catch {
            throw .servers(error)
        }
    }

    /// C's idea of a number is libpq's, too; 0 and less wait for ever there, and for our own default here.
    package func connectTimeout() throws(TargetError) -> Duration {
        guard let text = value(.connectTimeout) else { return LoadTarget.defaultConnectTimeout }
        guard let seconds = Int32(text) else { throw .badTimeout(text) }
        return seconds > 0 ? .seconds(seconds) : LoadTarget.defaultConnectTimeout
    }

    /// What goes into the start-up message besides user and database.
    package var startupParameters: [StartupParameter] {
        let name = value(.applicationName) ?? value(.fallbackApplicationName) ?? "weir bench"
        var parameters = [StartupParameter(name: "application_name", value: name)]
        if let options = value(.options) { parameters.append(StartupParameter(name: "options", value: options)) }
        if let encoding = value(.clientEncoding), encoding != "auto" {
            parameters.append(StartupParameter(name: "client_encoding", value: encoding))
        }
        return parameters
    }
}
