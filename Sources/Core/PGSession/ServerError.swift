/// The content of an ErrorResponse or a NoticeResponse.
///
/// Source: PostgreSQL, protocol-error-fields.html
public struct ServerError: Hashable, Sendable {
    /// `ERROR`, `FATAL`, `PANIC`, `WARNING`, `NOTICE`, …, never translated; `ERROR` if the server did not send it.
    public var severity = "ERROR"
    /// The five characters of SQLSTATE, such as `23505`; `XX000` if the server did not send it.
    public var sqlState = "XX000"
    /// The primary message, in the server's language.
    public var message = ""
    /// Details, if there are any. May contain data.
    public var detail: String?
    /// A suggestion for solving the problem, if the server has one.
    public var hint: String?
    /// The position in the query, in characters from 1.
    public var position: Int?
    /// The position in ``internalQuery``, in characters from 1.
    public var internalPosition: Int?
    /// The text of a failed internal query, for instance one inside of a function.
    public var internalQuery: String?
    /// The call stack inside of the server, one entry per line.
    public var context: String?
    /// The schema of the object that the error concerns.
    public var schema: String?
    /// The table that the error concerns.
    public var table: String?
    /// The column that the error concerns.
    public var column: String?
    /// The data type that the error concerns.
    public var dataType: String?
    /// The constraint that was violated.
    public var constraint: String?
    /// The source file of PostgreSQL that reported the error.
    public var file: String?
    /// The line in that file.
    public var line: Int?
    /// The function in that file.
    public var routine: String?

    /// Creates an error with a code and a message only.
    public init(sqlState: String = "XX000", message: String = "") {
        self.sqlState = sqlState
        self.message = message
    }
}
