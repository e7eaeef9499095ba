package import PGSession
import PGTypes

extension PostgresError {
    /// The server's error code; `nil` if the server did not report the error.
    public var sqlState: PostgresSQLState? { server.map { PostgresSQLState(rawValue: $0.sqlState) } }

    /// Whether the same transaction may succeed if it is run again from its beginning, because nothing of it was saved:
    /// true for a serialization failure or a deadlock.
    ///
    /// `withTransaction(retry:)` runs such transactions again.
    public var isRetryable: Bool {
        if sqlState == .serializationFailure || sqlState == .deadlockDetected { return true }
        return code == .transactionRolledBack && (underlying as? PostgresError)?.isRetryable == true
    }

    /// Whether the connection is lost. It is then unknown whether the statement was executed, unless it was part of a
    /// transaction whose COMMIT had not been sent.
    public var isConnectionLost: Bool {
        switch code {
        case .connectionLost, .protocolViolation: return true
        default: break
        }
        guard let sqlState else { return false }
        switch sqlState {
        case .adminShutdown, .crashShutdown, .cannotConnectNow, .idleInTransactionSessionTimeout, "57P05": return true
        default: return sqlState.errorClass == "08"
        }
    }

    /// An error that the server reported about a statement.
    package init(_ server: ServerError, query: String? = nil) {
        self.init(.server, Self.withoutValues(server))
        self.server = server
        self.query = query
    }

    /// A value that could not be decoded.
    @usableFromInline
    init(_ error: any Error, decoding query: String, origin: SourceLocation) {
        // The error of a type's own `init(from:)` may quote the value.
        let decoding = error as? PostgresDecodingError
        self.init(.decoding, decoding?.description ?? "a row was refused by the type that was to be decoded from it")
        self.decoding = decoding
        if decoding == nil { underlying = error }
        self.query = query
        self.origin = origin
    }

    /// The server's message without quoted values. Errors about data (class 22) quote the value, which may have been
    /// bound.
    private static func withoutValues(_ server: ServerError) -> String {
        guard server.sqlState.hasPrefix("22") else { return server.message }
        var text = "", isQuoted = false
        for scalar in server.message.unicodeScalars {
            if scalar == "\"" {
                text += isQuoted ? "…\"" : "\""
                isQuoted.toggle()
            } else if !isQuoted {
                text.unicodeScalars.append(scalar)
            }
        }
        return isQuoted ? text + "…" : text
    }
}
