package import PGConnInfo

/// Whether a server is of the kind that `target_session_attrs` asks for.
///
/// Servers of version 14 and newer say in their greeting what it takes to tell; others have to be asked.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS
package enum SessionRequirement {
    /// What the greeting says about a server.
    package enum Verdict: Hashable, Sendable {
        /// It will do.
        case fits
        /// It will not, for this reason.
        case unsuitable(String)
        /// It has to be asked.
        case ask(Question)
    }

    /// A query whose one value is a boolean.
    package enum Question: String, Hashable, Sendable {
        /// `on` if sessions cannot write.
        case isReadOnly = "SHOW transaction_read_only"
        /// `t` if it is in recovery.
        case isInRecovery = "SELECT pg_catalog.pg_is_in_recovery()"
    }

    /// Judges a server by what it reported.
    package static func judge(_ target: ConnectionOptions.TargetSessionAttrs, _ parameters: [String: String]) -> Verdict
    {
        let isStandby = parameters["in_hot_standby"].map { $0 == "on" }
        switch target {
        case .any: return .fits
        case .readWrite, .readOnly:
            let isReadOnly = parameters["default_transaction_read_only"].map { $0 == "on" }
            guard let isStandby, let isReadOnly else { return .ask(.isReadOnly) }
            return judge(target, isReadOnly || isStandby)
        case .primary, .standby, .preferStandby:
            if let isStandby { return judge(target, isStandby) }
            return major(parameters["server_version"]).map { $0 < 9 } == true
                ? judge(target, false) : .ask(.isInRecovery)
        }
    }

    /// Judges a server by its answer to the question that ``judge(_:_:)-(_,[String:String])`` had.
    package static func judge(_ target: ConnectionOptions.TargetSessionAttrs, _ answer: Bool) -> Verdict {
        switch target {
        case .any: .fits
        case .readWrite: answer ? .unsuitable("session is read-only") : .fits
        case .readOnly: answer ? .fits : .unsuitable("session is not read-only")
        case .primary: answer ? .unsuitable("server is in hot standby mode") : .fits
        case .standby, .preferStandby: answer ? .fits : .unsuitable("server is not in hot standby mode")
        }
    }

    private static func major(_ version: String?) -> Int? {
        version.flatMap { Int($0.prefix { $0.isWholeNumber }) }
    }
}
