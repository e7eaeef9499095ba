extension ConnectionOptions {
    /// A parameter of the startup message.
    public struct Parameter: Hashable, Sendable {
        /// The parameter's name, such as `user`.
        public let name: String
        /// Its value.
        public let value: String

        /// Creates a parameter.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The parameters of libpq 18's startup message, in its order.
    ///
    /// - Parameter localeEncoding: the encoding of the process's locale, used for `client_encoding=auto`.
    public func startupParameters(localeEncoding: String = "UTF8") -> [Parameter] {
        let encoding: String? =
            switch clientEncoding {
            case .auto: localeEncoding
            case .named(let name): name
            case nil: nil
            }
        // The original spelling: `yes` and `true` are equivalent to the server.
        let replication = settings[.replication].flatMap { $0.isEmpty ? nil : $0 }
        let parameters: [(String, String?)] = [
            ("user", user), ("database", dbname), ("replication", replication), ("options", options),
            ("application_name", applicationName), ("client_encoding", encoding),
        ]
        return parameters.compactMap { name, value in value.map { Parameter(name: name, value: $0) } }
            + environmentParameters
    }

    /// Source: PostgreSQL 18, the end of libpq-envars.html. `default` sets nothing.
    static func parameters(_ environment: ClientEnvironment) -> [Parameter] {
        [("PGDATESTYLE", "datestyle"), ("PGTZ", "timezone"), ("PGGEQO", "geqo")].compactMap { variable, name in
            guard let value = environment.variables[variable], value.lowercased() != "default" else { return nil }
            return Parameter(name: name, value: value)
        }
    }
}
