package import PGSession
import PGTypes

extension PostgresError {
    /// The kind of error in PostgreSQL's words; `nil` if the server did not report it.
    public var sqlState: PostgresSQLState? { server.map { PostgresSQLState(rawValue: $0.sqlState) } }

    /// Whether the same transaction may well succeed if it is run again from its beginning, nothing of it having been
    /// saved: a serialization failure or a deadlock.
    ///
    /// `withTransaction(retry:)` runs transactions again that end so.
    public var isRetryable: Bool {
        if sqlState == .serializationFailure || sqlState == .deadlockDetected { return true }
        return code == .transactionRolledBack && (underlying as? PostgresError)?.isRetryable == true
    }

    /// Whether the connection is gone. Whether the statement was carried out is not known then, unless it was part of
    /// a transaction whose COMMIT had not been sent.
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

    /// A value that could not be read.
    @usableFromInline
    init(_ error: any Error, decoding query: String, origin: SourceLocation) {
        // What a type's own `init(from:)` throws may quote the value.
        let decoding = error as? PostgresDecodingError
        self.init(.decoding, decoding?.description ?? "a row was refused by the type that was to be decoded from it")
        self.decoding = decoding
        if decoding == nil { underlying = error }
        self.query = query
        self.origin = origin
    }

    /// The server's message. Errors about data (class 22) quote the value, which may have been bound: it is left out.
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
