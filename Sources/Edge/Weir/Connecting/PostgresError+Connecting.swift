import PGSession

extension PostgresError {
    /// What all attempts to connect came to: the last one says what kind of failure it is, the message tells of each.
    init(_ failures: [ConnectFailure]) {
        let message = failures.map(\.message).joined(separator: "\n")
        let last = failures.last
        self.init(last.map(Self.code) ?? .connectFailed, message.isEmpty ? "no server to connect to" : message)
        if case .server(let error)? = last?.kind { server = error }
    }

    private static func code(_ failure: ConnectFailure) -> Code {
        switch failure.kind {
        case .unreachable, .timedOut, .lost, .unsuitable: .connectFailed
        case .tls, .tlsNotOffered: .tls
        // Trying again helps against everything but these.
        case .server(let error): error.refusesForGood ? .refused : .connectFailed
        case .authentication: .authentication
        case .protocolViolation: .protocolViolation
        case .configuration: .configuration
        }
    }
}

extension ServerError {
    /// Whether a server that says so to a log-in will say it again: who we are (class 28), the database (3D), its
    /// permissions and settings that do not exist (42), their values (22); poolers refuse settings with 08P01.
    ///
    /// Source: PostgreSQL, errcodes-appendix.html
    fileprivate var refusesForGood: Bool {
        sqlState == "08P01" || ["22", "28", "3D", "42"].contains { sqlState.hasPrefix($0) }
    }
}
