import PGSession

extension PostgresError {
    /// Trying again without a change of settings will not help, so nobody needs to wait for it.
    var isPermanent: Bool {
        switch code {
        case .refused, .tls, .configuration, .authentication: true
        default: false
        }
    }

    /// It says that the server went away or has another role now, which concerns every connection to it: it became
    /// read-only (25006), shuts or crashed down (57P01 to 57P03), or the connection broke (class 08).
    ///
    /// Source: PostgreSQL, errcodes-appendix.html; HikariCP evicts connections for much the same codes.
    var saysServerChanged: Bool {
        if code == .connectionLost { return true }
        guard let state = server?.sqlState else { return false }
        return ["25006", "57P01", "57P02", "57P03"].contains(state) || state.hasPrefix("08")
    }

    /// The same error, for another caller.
    func asked(by origin: SourceLocation) -> PostgresError {
        var error = self
        error.origin = origin
        return error
    }
}
