extension ConnectionOptions {
    /// A name and a value in the first message of a connection.
    public struct Parameter: Hashable, Sendable {
        /// The parameter's name, such as `user`.
        public let name: String
        /// Its value.
        public let value: String

        /// Pairs a name with its value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What libpq 18 would send in its first message, in its order.
    ///
    /// - Parameter localeEncoding: what `client_encoding=auto` stands for: the encoding of the process's locale.
    public func startupParameters(localeEncoding: String = "UTF8") -> [Parameter] {
        let encoding: String? =
            switch clientEncoding {
            case .auto: localeEncoding
            case .named(let name): name
            case nil: nil
            }
        // As it was spelt: `yes` and `true` are the same to the server, too.
        let replication = settings[.replication].flatMap { $0.isEmpty ? nil : $0 }
        let parameters: [(String, String?)] = [
            ("user", user), ("database", dbname), ("replication", replication), ("options", options),
            ("application_name", applicationName), ("client_encoding", encoding),
        ]
        return parameters.compactMap { name, value in value.map { Parameter(name: name, value: $0) } }
            + environmentParameters
    }

    /// Source: PostgreSQL 18, libpq-envars.html, at its end. `default` sets nothing.
    static func parameters(_ environment: ClientEnvironment) -> [Parameter] {
        [("PGDATESTYLE", "datestyle"), ("PGTZ", "timezone"), ("PGGEQO", "geqo")].compactMap { variable, name in
            guard let value = environment.variables[variable], value.lowercased() != "default" else { return nil }
            return Parameter(name: name, value: value)
        }
    }
}
