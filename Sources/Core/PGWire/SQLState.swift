/// A five-character error code.
///
/// Source: PostgreSQL, errcodes-appendix.html
package struct SQLState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }

    package static let successfulCompletion: SQLState = "00000"
    package static let connectionFailure: SQLState = "08006"
    package static let protocolViolation: SQLState = "08P01"
    package static let featureNotSupported: SQLState = "0A000"
    package static let invalidAuthorization: SQLState = "28000"
    package static let invalidPassword: SQLState = "28P01"
    package static let invalidCatalogName: SQLState = "3D000"
    package static let invalidSQLStatementName: SQLState = "26000"
    package static let duplicatePreparedStatement: SQLState = "42P05"
    package static let tooManyConnections: SQLState = "53300"
    package static let programLimitExceeded: SQLState = "54000"
    package static let queryCanceled: SQLState = "57014"
    package static let adminShutdown: SQLState = "57P01"
    package static let cannotConnectNow: SQLState = "57P03"
    package static let configFileError: SQLState = "F0000"
    package static let internalError: SQLState = "XX000"
}
