/// What a statement did, as the server says when it is done: `INSERT 0 3`, `SELECT 10`, `CREATE TABLE`.
///
/// Source: PostgreSQL, protocol-message-formats.html, CommandComplete
public struct PostgresCommandTag: Hashable, Sendable, CustomStringConvertible {
    /// The whole tag; empty for an empty statement.
    public let description: String

    /// A tag as it was received.
    public init(_ description: String) { self.description = description }

    /// The tag without numbers: `INSERT`, `CREATE TABLE`.
    public var command: String {
        description.split(separator: " ").prefix { $0.first?.isNumber != true }.joined(separator: " ")
    }

    /// How many rows were inserted, updated, deleted, merged, selected, moved over or copied; `nil` for commands that count none.
    public var rowsAffected: Int? { description.split(separator: " ").last.flatMap { Int($0) } }
}
