import PGSession

extension PostgresError {
    /// Whether another attempt with the same settings cannot succeed, so that no caller needs to wait for it.
    var isPermanent: Bool {
        switch code {
        case .refused, .tls, .configuration, .authentication: true
        default: false
        }
    }

    /// Whether the error indicates that the server went away or changed its role, which affects every connection to it:
    /// it became read-only (25006), was shut down or crashed (57P01 to 57P03), or the connection broke (class 08).
    ///
    /// Source: PostgreSQL, errcodes-appendix.html; HikariCP evicts connections for much the same codes.
    var indicatesServerChange: Bool {
        if code == .connectionLost { return true }
        guard let state = server?.sqlState else { return false }
        return ["25006", "57P01", "57P02", "57P03"].contains(state) || state.hasPrefix("08")
    }

    /// Returns the same error with another caller's location.
    func with(origin: SourceLocation) -> PostgresError {
        var error = self
        error.origin = origin
        return error
    }
}
