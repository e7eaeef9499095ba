package import PGConnInfo
package import PGWire

/// What a connection string, a service and the environment say together, if we can obey all of it.
package struct TargetParameters: Sendable {
    package let options: ConnectionOptions

    /// The values of each keyword that we obey by doing nothing. A keyword with any other value is refused: a promise is
    /// not broken silently.
    private static let harmless: [(keyword: ConnectionString.Keyword, values: [String])] = [
        (.channelBinding, ["prefer", "disable"]), (.requireAuth, [""]), (.requirepeer, [""]),
        (.targetSessionAttrs, ["any"]), (.loadBalanceHosts, ["disable"]), (.sslnegotiation, ["postgres"]),
        (.scramClientKey, []), (.scramServerKey, []), (.minProtocolVersion, ["3.0"]),
    ]

    /// - Parameter serviceFiles: those that `ServiceFile.search(for:in:)` names and that exist.
    package init(
        _ string: ConnectionString, environment: ClientEnvironment, serviceFiles: [ServiceFile] = []
    ) throws(TargetError) {
        do throws(ConnectionOptionsError) {
            options = try ConnectionOptions(string, environment: environment, serviceFiles: serviceFiles)
        } catch {
            throw .options(error)
        }
        if ![.disable, .allow, .prefer].contains(options.tls.mode) { throw .needsTLS(options.tls.mode.rawValue) }
        for (keyword, allowed) in Self.harmless {
            guard let value = options.settings[keyword], !allowed.contains(value) else { continue }
            throw .unsupported(keyword: keyword.rawValue, value: keyword.isSecret ? "…" : value)
        }
        if options.replication != .none {
            throw .unsupported(keyword: "replication", value: options.settings[.replication] ?? "")
        }
    }

    /// libpq waits for ever where it is told nothing else, and we for our own default.
    package var connectTimeout: Duration { options.connectTimeout ?? LoadTarget.defaultConnectTimeout }

    /// What goes into the start-up message besides user and database.
    package var startupParameters: [StartupParameter] {
        var options = options
        options.applicationName = options.applicationName ?? "weir bench"
        return options.startupParameters().filter { $0.name != "user" && $0.name != "database" }.map {
            StartupParameter(name: $0.name, value: $0.value)
        }
    }
}
