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
        guard values.count == statement.parameters.count else {
            let counts = "\(statement.parameters.count) values, and \(values.count) were given"
            throw PostgresError(.misuse, "the statement takes \(counts)").about(sql)
        }
        do throws(PostgresEncodingError) {
            try bind(statement, portal: portal, values: values)
        } catch {
            var failure = PostgresError(.encoding, "\(error)").about(sql)
            failure.encoding = error
            throw failure
        }
    }
}
