import PGSession

extension PostgresError {
    /// The combined failure of all attempts to connect: the last one determines the code, and the message lists all of
    /// them.
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
        // Every failure other than these may succeed on another attempt.
        case .server(let error): error.isPermanentRefusal ? .refused : .connectFailed
        case .authentication: .authentication
        case .protocolViolation: .protocolViolation
        case .configuration: .configuration
        }
    }
}

extension ServerError {
    /// Whether the server will refuse another log-in with the same error: user and password (class 28), database (3D),
    /// permissions and unknown settings (42), invalid values of settings (22); poolers refuse settings with 08P01.
    ///
    /// Source: PostgreSQL, errcodes-appendix.html
    fileprivate var isPermanentRefusal: Bool {
        sqlState == "08P01" || ["22", "28", "3D", "42"].contains { sqlState.hasPrefix($0) }
    }
}
