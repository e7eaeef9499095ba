/// A PostgreSQL error code: five characters that are the same in every language and version.
///
/// ```swift
/// do {
///     try await pool.execute("INSERT INTO users (email) VALUES (\(email))")
/// } catch PostgresSQLState.uniqueViolation {
///     throw EmailIsTaken()
/// }
/// ```
///
/// Source: PostgreSQL, errcodes-appendix.html
public struct PostgresSQLState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// The five characters: `23505`.
    public var rawValue: String

    /// Creates a code as the server sent it.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Creates a code from a literal: `"23505"`.
    public init(stringLiteral value: String) { rawValue = value }

    /// The first two characters, which all codes of a class share: `23` for constraint violations.
    public var errorClass: Substring { rawValue.prefix(2) }

    /// Returns whether an error was reported by the server with this code; for
    /// `catch PostgresSQLState.uniqueViolation`.
    public static func ~= (pattern: PostgresSQLState, error: any Error) -> Bool {
        (error as? PostgresError)?.sqlState == pattern
    }
}

extension PostgresSQLState: CustomStringConvertible {
    /// The five characters.
    public var description: String { rawValue }
}

extension PostgresSQLState {
    /// 08006: the connection broke.
    public static let connectionFailure: Self = "08006"
    /// 0A000: PostgreSQL does not support the feature.
    public static let featureNotSupported: Self = "0A000"

    /// 22001: a string is too long for its column.
    public static let stringDataRightTruncation: Self = "22001"
    /// 22003: a number is too large or too small for its type.
    public static let numericValueOutOfRange: Self = "22003"
    /// 22008: a date or time is out of range.
    public static let datetimeFieldOverflow: Self = "22008"
    /// 22012: a division by zero.
    public static let divisionByZero: Self = "22012"
    /// 22P02: a text is not a valid value of its type.
    public static let invalidTextRepresentation: Self = "22P02"

    /// 23502: NULL in a column that is NOT NULL.
    public static let notNullViolation: Self = "23502"
    /// 23503: a foreign key refers to a row that does not exist, or a row is still referred to.
    public static let foreignKeyViolation: Self = "23503"
    /// 23505: a row with the same key exists already.
    public static let uniqueViolation: Self = "23505"
    /// 23514: a CHECK constraint failed.
    public static let checkViolation: Self = "23514"
    /// 23P01: an EXCLUDE constraint failed.
    public static let exclusionViolation: Self = "23P01"

    /// 25001: not allowed inside of a transaction.
    public static let activeSQLTransaction: Self = "25001"
    /// 25006: the transaction or the server is read-only.
    public static let readOnlySQLTransaction: Self = "25006"
    /// 25P02: an earlier statement failed, so the transaction accepts nothing but its end.
    public static let inFailedSQLTransaction: Self = "25P02"
    /// 25P03: the transaction was idle for longer than `idle_in_transaction_session_timeout`.
    public static let idleInTransactionSessionTimeout: Self = "25P03"

    /// 26000: no prepared statement has that name.
    public static let invalidSQLStatementName: Self = "26000"
    /// 28000: `pg_hba.conf` or the role does not allow the log-in.
    public static let invalidAuthorizationSpecification: Self = "28000"
    /// 28P01: the password is wrong.
    public static let invalidPassword: Self = "28P01"
    /// 3D000: the database does not exist.
    public static let invalidCatalogName: Self = "3D000"

    /// 40001: transactions conflicted. Running the transaction again helps.
    public static let serializationFailure: Self = "40001"
    /// 40P01: transactions waited for each other's locks. Running the transaction again helps.
    public static let deadlockDetected: Self = "40P01"

    /// 42501: the role does not have the privilege.
    public static let insufficientPrivilege: Self = "42501"
    /// 42601: the statement is not valid SQL.
    public static let syntaxError: Self = "42601"
    /// 42703: the column does not exist.
    public static let undefinedColumn: Self = "42703"
    /// 42804: a value does not have the type that is required.
    public static let datatypeMismatch: Self = "42804"
    /// 42883: no function or operator exists for these types.
    public static let undefinedFunction: Self = "42883"
    /// 42P01: the table does not exist.
    public static let undefinedTable: Self = "42P01"
    /// 42P07: the table exists already.
    public static let duplicateTable: Self = "42P07"

    /// 53300: `max_connections` is exhausted.
    public static let tooManyConnections: Self = "53300"
    /// 55P03: a lock was not available, with NOWAIT or within `lock_timeout`.
    public static let lockNotAvailable: Self = "55P03"
    /// 57014: the statement was cancelled, by the application, by `statement_timeout` or by an administrator.
    public static let queryCanceled: Self = "57014"
    /// 57P01: an administrator ended the connection, or the server is shutting down.
    public static let adminShutdown: Self = "57P01"
    /// 57P02: another server process crashed, and all connections were ended.
    public static let crashShutdown: Self = "57P02"
    /// 57P03: the server is starting up, shutting down or recovering.
    public static let cannotConnectNow: Self = "57P03"
    /// P0001: `RAISE EXCEPTION` in a function.
    public static let raiseException: Self = "P0001"
}
