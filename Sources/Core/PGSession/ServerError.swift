/// What PostgreSQL said in an ErrorResponse or a NoticeResponse.
///
/// Source: PostgreSQL, protocol-error-fields.html
public struct ServerError: Hashable, Sendable {
    /// `ERROR`, `FATAL`, `PANIC`, `WARNING`, `NOTICE`, …, never translated; `ERROR` if the server did not say.
    public var severity = "ERROR"
    /// The five characters of SQLSTATE, such as `23505`; `XX000` if the server did not say.
    public var sqlState = "XX000"
    /// The primary message, in the server's language.
    public var message = ""
    /// More about it, if there is more. May hold values of the data.
    public var detail: String?
    /// What to do about it, if the server knows.
    public var hint: String?
    /// Where in the query, in characters from 1.
    public var position: Int?
    /// Where in ``internalQuery``, in characters from 1.
    public var internalPosition: Int?
    /// The query that failed inside of a function, for instance.
    public var internalQuery: String?
    /// The call stack inside of the server, one line an entry.
    public var context: String?
    /// The schema that holds what the error is about.
    public var schema: String?
    /// The table that it is about.
    public var table: String?
    /// The column that it is about.
    public var column: String?
    /// The data type that it is about.
    public var dataType: String?
    /// The constraint that was violated.
    public var constraint: String?
    /// The source file of PostgreSQL that reported it.
    public var file: String?
    /// The line there.
    public var line: Int?
    /// The function there.
    public var routine: String?

    /// An error of which nothing is known but what is given.
    public init(sqlState: String = "XX000", message: String = "") {
        self.sqlState = sqlState
        self.message = message
    }
}
