/// The command tag that the server reports when a statement is complete: `INSERT 0 3`, `SELECT 10`, `CREATE TABLE`.
///
/// Source: PostgreSQL, protocol-message-formats.html, CommandComplete
public struct PostgresCommandTag: Hashable, Sendable, CustomStringConvertible {
    /// The whole tag; empty for an empty statement.
    public let description: String

    /// Creates a tag from its text.
    public init(_ description: String) { self.description = description }

    /// The tag without numbers: `INSERT`, `CREATE TABLE`.
    public var command: String {
        description.split(separator: " ").prefix { $0.first?.isNumber != true }.joined(separator: " ")
    }

    /// The number of rows inserted, updated, deleted, merged, selected, moved over or copied; `nil` for commands that
    /// report none.
    public var rowsAffected: Int? { description.split(separator: " ").last.flatMap { Int($0) } }
}
