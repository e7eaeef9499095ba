import PGSession
import PGTypes

extension PostgresWriter {
    /// Bind, for values that an application gave.
    ///
    /// - Parameter sql: the statement's text, for errors.
    /// - Throws: `misuse` if there are not as many values as it takes, `encoding` if one cannot be sent; nothing was
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
    /// - Throws: `misuse` if it takes more values, or fewer.
    func check(valueCount: Int, of sql: String) throws(PostgresError) {
        guard valueCount == parameters.count else {
            let counts = "\(parameters.count) values, and \(valueCount) were given"
            throw PostgresError(.misuse, "the statement takes \(counts)").about(sql)
        }
    }
}

extension PostgresError {
    /// A value that cannot be sent.
    init(_ error: PostgresEncodingError, about sql: String) {
        self = PostgresError(.encoding, "\(error)").about(sql)
        encoding = error
    }
}
