public import PGSession

/// An error in communicating with PostgreSQL.
///
/// Its description contains the server's message, the SQLSTATE, the statement, and the line of the application that
/// called. It never contains a password or a bound value.
public struct PostgresError: Error, Sendable {
    /// The kind of an error.
    public enum Code: Hashable, Sendable {
        /// The server reported an error; see ``PostgresError/server``.
        case server
        /// No connection could be made: no host answered, or none matches `target_session_attrs`.
        case connectFailed
        /// The server refuses the log-in: wrong password, no such role or database, no entry in `pg_hba.conf`. Another
        /// attempt does not help.
        case refused
        /// TLS is not available as `sslmode` requires, or the certificate is not valid.
        case tls
        /// The server uses an authentication method that `require_auth` or `channel_binding` forbids, or cannot prove
        /// that it knows the password.
        case authentication
        /// The connection broke, or turned out to be broken.
        case connectionLost
        /// The server sent a message that the protocol does not allow at that point. The connection is closed.
        case protocolViolation
        /// The connection string or a setting is invalid.
        case configuration
        /// No connection of the pool became free in time. ``PostgresError/message`` lists which tasks hold the
        /// connections.
        case acquireTimeout
        /// The statement took longer than `command_timeout`; it was cancelled on the server.
        case commandTimeout
        /// The task was cancelled, and the statement with it.
        case cancelled
        /// The pool is closing or closed.
        case poolClosed
        /// A connection was used after its closure had returned it to the pool.
        case connectionReturned
        /// A value could not be encoded; see ``PostgresError/encoding``.
        case encoding
        /// A value could not be decoded; see ``PostgresError/decoding``.
        case decoding
        /// `fetchOne` or `fetchValue` received another number of rows or columns.
        case wrongRowCount
        /// The server answered COMMIT with ROLLBACK: nothing was saved.
        case transactionRolledBack
        /// The call is not allowed in this state: a COPY statement outside of the COPY calls, a cursor outside of a
        /// transaction, …
        case misuse
    }

    /// The kind of error.
    public var code: Code
    /// A description in one sentence, without secrets and bound values.
    public var message: String
    /// The error that the server reported; `nil` if the error is not the server's.
    public var server: ServerError?
    /// The text of the statement, with `$1` in place of bound values; `nil` if no statement was involved.
    public var query: String?
    /// Why a value could not be encoded.
    public var encoding: PostgresEncodingError?
    /// Why a value could not be decoded.
    public var decoding: PostgresDecodingError?
    /// The file and line of the application's call.
    public var origin: SourceLocation?
    /// The cause of this error, such as the last failure to connect.
    public var underlying: (any Error)?

    /// Creates an error with a code and a message.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// A place in an application's source, `Module/File.swift:12`.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    /// The value of `#fileID`.
    public var file: String
    /// The value of `#line`.
    public var line: Int

    /// Creates a location from `#fileID` and `#line`.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `Module/File.swift:12`
    public var description: String { "\(file):\(line)" }
}
