public import PGSession

/// What went wrong between an application and PostgreSQL.
///
/// Printing it says what happened: the server's words, the SQLSTATE, the statement and the line of the application that
/// asked for it. It never shows a password or a bound value.
public struct PostgresError: Error, Sendable {
    /// What kind of thing went wrong.
    public enum Code: Hashable, Sendable {
        /// The server reported an error; see ``PostgresError/server``.
        case server
        /// No connection could be made: no host answered, or none that fits `target_session_attrs`.
        case connectFailed
        /// The server does not accept who we are: wrong password, no such role or database, no entry in `pg_hba.conf`.
        /// Trying again does not help.
        case refused
        /// TLS could not be had as `sslmode` asks, or the certificate does not convince.
        case tls
        /// A log-in method that `require_auth` or `channel_binding` forbids, or a server that cannot prove that it
        /// knows the password.
        case authentication
        /// The connection broke, or was found broken.
        case connectionLost
        /// The server said something that the protocol does not allow there. The connection is closed.
        case protocolViolation
        /// The connection string or a setting makes no sense.
        case configuration
        /// Nothing free in the pool in time. See ``PostgresError/message`` for who holds the connections.
        case acquireTimeout
        /// The statement took longer than `command_timeout`; it was cancelled on the server.
        case commandTimeout
        /// The task was cancelled; so was the statement on the server.
        case cancelled
        /// The pool is closing or closed.
        case poolClosed
        /// A connection was used after the closure that had lent it.
        case connectionReturned
        /// A value could not be sent; see ``PostgresError/encoding``.
        case encoding
        /// A value could not be read; see ``PostgresError/decoding``.
        case decoding
        /// `fetchOne` or `fetchValue` found another number of rows or columns.
        case wrongRowCount
        /// COMMIT was answered with ROLLBACK: nothing was saved.
        case transactionRolledBack
        /// The call does not fit the state: COPY without COPY, a cursor outside of a transaction, …
        case misuse
    }

    /// What kind of thing went wrong.
    public var code: Code
    /// In one sentence, without secrets and bound values.
    public var message: String
    /// What the server said, if it was the server.
    public var server: ServerError?
    /// The text of the statement, with `$1` where values were bound; `nil` if it was none.
    public var query: String?
    /// Why a value could not be sent.
    public var encoding: PostgresEncodingError?
    /// Why a value could not be read.
    public var decoding: PostgresDecodingError?
    /// The file and line of the application that asked.
    public var origin: SourceLocation?
    /// What this is the consequence of, such as the last failure to connect.
    public var underlying: (any Error)?

    /// An error of that kind.
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

    /// That line of that file.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `Module/File.swift:12`
    public var description: String { "\(file):\(line)" }
}
