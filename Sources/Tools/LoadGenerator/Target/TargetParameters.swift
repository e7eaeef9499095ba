package import PGConnInfo
package import PGWire

/// The combined parameters of a connection string, a service and the environment, if all are supported.
package struct TargetParameters: Sendable {
    package let options: ConnectionOptions

    /// The values of each keyword that need no action. A keyword with any other value is rejected: no setting is
    /// ignored silently.
    private static let harmless: [(keyword: ConnectionString.Keyword, values: [String])] = [
        (.channelBinding, ["prefer", "disable"]), (.requireAuth, [""]), (.requirepeer, [""]),
        (.targetSessionAttrs, ["any"]), (.loadBalanceHosts, ["disable"]), (.sslnegotiation, ["postgres"]),
        (.scramClientKey, []), (.scramServerKey, []), (.minProtocolVersion, ["3.0"]),
    ]

    /// - Parameter serviceFiles: the existing files among those that `ServiceFile.search(for:in:)` returns.
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

    /// The time limit, by default this program's own: libpq's default is no limit.
    package var connectTimeout: Duration { options.connectTimeout ?? LoadTarget.defaultConnectTimeout }

    /// The parameters of the start-up message besides user and database.
    package var startupParameters: [StartupParameter] {
        var options = options
        options.applicationName = options.applicationName ?? "weir bench"
        return options.startupParameters().filter { $0.name != "user" && $0.name != "database" }.map {
            StartupParameter(name: $0.name, value: $0.value)
        }
    }
}
