package import PGConnInfo

/// Evaluates whether a server satisfies `target_session_attrs`.
///
/// Servers of version 14 and newer report the necessary parameters during log-in; older ones have to be queried.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS
package enum SessionRequirement {
    /// The result of evaluating a server.
    package enum Verdict: Hashable, Sendable {
        /// The server is suitable.
        case suitable
        /// The server is unsuitable, for this reason.
        case unsuitable(String)
        /// A query is needed to decide.
        case ask(Question)
    }

    /// A query that returns one boolean value.
    package enum Question: String, Hashable, Sendable {
        /// `on` if the session is read-only.
        case isReadOnly = "SHOW transaction_read_only"
        /// `t` if the server is in recovery.
        case isInRecovery = "SELECT pg_catalog.pg_is_in_recovery()"
    }

    /// Evaluates a server by its parameters.
    package static func evaluate(_ target: ConnectionOptions.TargetSessionAttrs, _ parameters: [String: String])
        -> Verdict
    {
        let isStandby = parameters["in_hot_standby"].map { $0 == "on" }
        switch target {
        case .any: return .suitable
        case .readWrite, .readOnly:
            let isReadOnly = parameters["default_transaction_read_only"].map { $0 == "on" }
            guard let isStandby, let isReadOnly else { return .ask(.isReadOnly) }
            return evaluate(target, isReadOnly || isStandby)
        case .primary, .standby, .preferStandby:
            if let isStandby { return evaluate(target, isStandby) }
            return major(parameters["server_version"]).map { $0 < 9 } == true
                ? evaluate(target, false) : .ask(.isInRecovery)
        }
    }

    /// Evaluates a server by its answer to the query that ``evaluate(_:_:)-(_,[String:String])`` requested.
    package static func evaluate(_ target: ConnectionOptions.TargetSessionAttrs, _ answer: Bool) -> Verdict {
        switch target {
        case .any: .suitable
        case .readWrite: answer ? .unsuitable("session is read-only") : .suitable
        case .readOnly: answer ? .suitable : .unsuitable("session is not read-only")
        case .primary: answer ? .unsuitable("server is in hot standby mode") : .suitable
        case .standby, .preferStandby: answer ? .suitable : .unsuitable("server is not in hot standby mode")
        }
    }

    private static func major(_ version: String?) -> Int? {
        version.flatMap { Int($0.prefix { $0.isWholeNumber }) }
    }
}
