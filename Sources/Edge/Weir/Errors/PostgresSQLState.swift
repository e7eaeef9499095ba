/// The five characters by which PostgreSQL names a kind of error, in every language and version the same.
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

    /// A code as the server sent it.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A code in the source: `"23505"`.
    public init(stringLiteral value: String) { rawValue = value }

    /// The first two characters, which all codes of a kind share: `23` for the violations of constraints.
    public var errorClass: Substring { rawValue.prefix(2) }

    /// Whether an error was reported by the server with this code; for `catch PostgresSQLState.uniqueViolation`.
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
    /// 0A000: PostgreSQL cannot do that.
    public static let featureNotSupported: Self = "0A000"

    /// 22001: a text is too long for its column.
    public static let stringDataRightTruncation: Self = "22001"
    /// 22003: a number is too large or too small for its type.
    public static let numericValueOutOfRange: Self = "22003"
    /// 22008: a date or time is out of range.
    public static let datetimeFieldOverflow: Self = "22008"
    /// 22012: a division by zero.
    public static let divisionByZero: Self = "22012"
    /// 22P02: a text is no value of its type.
    public static let invalidTextRepresentation: Self = "22P02"

    /// 23502: NULL in a column that is NOT NULL.
    public static let notNullViolation: Self = "23502"
    /// 23503: a foreign key points nowhere, or is pointed at.
    public static let foreignKeyViolation: Self = "23503"
    /// 23505: there is such a row already.
    public static let uniqueViolation: Self = "23505"
    /// 23514: a CHECK failed.
    public static let checkViolation: Self = "23514"
    /// 23P01: an EXCLUDE constraint failed.
    public static let exclusionViolation: Self = "23P01"

    /// 25001: not inside of a transaction, please.
    public static let activeSQLTransaction: Self = "25001"
    /// 25006: the transaction or the server is read-only.
    public static let readOnlySQLTransaction: Self = "25006"
    /// 25P02: an earlier statement failed, so the transaction only waits for its end.
    public static let inFailedSQLTransaction: Self = "25P02"
    /// 25P03: the transaction was idle for longer than `idle_in_transaction_session_timeout`.
    public static let idleInTransactionSessionTimeout: Self = "25P03"

    /// 26000: no prepared statement has that name.
    public static let invalidSQLStatementName: Self = "26000"
    /// 28000: `pg_hba.conf` or the role refuses.
    public static let invalidAuthorizationSpecification: Self = "28000"
    /// 28P01: the password is wrong.
    public static let invalidPassword: Self = "28P01"
    /// 3D000: there is no such database.
    public static let invalidCatalogName: Self = "3D000"

    /// 40001: transactions got into each other's way. Running the transaction again helps.
    public static let serializationFailure: Self = "40001"
    /// 40P01: transactions waited for each other. Running the transaction again helps.
    public static let deadlockDetected: Self = "40P01"

    /// 42501: the role may not do that.
    public static let insufficientPrivilege: Self = "42501"
    /// 42601: the statement is not SQL.
    public static let syntaxError: Self = "42601"
    /// 42703: there is no such column.
    public static let undefinedColumn: Self = "42703"
    /// 42804: a value has another type than is needed there.
    public static let datatypeMismatch: Self = "42804"
    /// 42883: there is no such function or operator for these types.
    public static let undefinedFunction: Self = "42883"
    /// 42P01: there is no such table.
    public static let undefinedTable: Self = "42P01"
    /// 42P07: there is such a table already.
    public static let duplicateTable: Self = "42P07"

    /// 53300: `max_connections` is reached.
    public static let tooManyConnections: Self = "53300"
    /// 55P03: a lock was not to be had, with NOWAIT or within `lock_timeout`.
    public static let lockNotAvailable: Self = "55P03"
    /// 57014: cancelled, by us, by `statement_timeout` or by an administrator.
    public static let queryCanceled: Self = "57014"
    /// 57P01: an administrator ended the connection, or the server shuts down.
    public static let adminShutdown: Self = "57P01"
    /// 57P02: another server process crashed, and all connections were ended.
    public static let crashShutdown: Self = "57P02"
    /// 57P03: the server starts up, shuts down or recovers.
    public static let cannotConnectNow: Self = "57P03"
    /// P0001: `RAISE EXCEPTION` in a function.
    public static let raiseException: Self = "P0001"
}
