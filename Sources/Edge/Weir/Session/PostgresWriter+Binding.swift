import PGSession
import PGTypes

extension PostgresWriter {
    /// Appends a Bind with an application's values.
    ///
    /// - Parameter sql: the statement's text, for errors.
    /// - Throws: `misuse` if the number of values is wrong, `encoding` if one cannot be encoded; nothing has been
    ///   appended then.
    mutating func bind(
        _ statement: PreparedStatement, portal: String = "", values: [any PostgresEncodable & Sendable], of sql: String
    ) throws(PostgresError) {
        try statement.check(valueCount: values.count, of: sql)
        do throws(PostgresEncodingError) {
            try bind(statement, portal: portal, values: values)
        } catch {
            throw PostgresError(error, about: sql)
        }
    }
}

extension PreparedStatement {
    /// Checks the number of values.
    ///
    /// - Throws: `misuse` if it is wrong.
    func check(valueCount: Int, of sql: String) throws(PostgresError) {
        guard valueCount == parameters.count else {
            let counts = "\(parameters.count) values, and \(valueCount) were given"
            throw PostgresError(.misuse, "the statement takes \(counts)").about(sql)
        }
    }
}

extension PostgresError {
    /// A value that cannot be encoded.
    init(_ error: PostgresEncodingError, about sql: String) {
        self = PostgresError(.encoding, "\(error)").about(sql)
        encoding = error
    }
}
