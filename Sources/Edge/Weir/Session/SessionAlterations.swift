/// The changes to the session's state that outlive a transaction, as far as command tags reveal them.
///
/// Not detected: `set_config`, advisory locks and whatever else a function does.
package struct SessionAlterations: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    /// `SET`: settings, role.
    package static let settings = Self(rawValue: 1)
    /// `LISTEN`
    package static let channels = Self(rawValue: 2)
    /// `PREPARE`, in SQL.
    package static let statements = Self(rawValue: 4)
    /// `CREATE TABLE` and similar, which may have created a temporary object.
    package static let tables = Self(rawValue: 8)
    /// `DECLARE`, which may have been `WITH HOLD`.
    package static let cursors = Self(rawValue: 16)

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Creates the changes that a statement with this tag may have made. `sql` is its text, if the text is known to be
    /// that statement alone.
    package init(tag: String, sql: String?, returnsRows: Bool) {
        switch tag.utf8.first {
        case UInt8(ascii: "S") where tag == "SET": self = Self.isLocal(sql) ? [] : .settings
        // Settings that the pool applies to every lease may have been reset.
        case UInt8(ascii: "R") where tag == "RESET", UInt8(ascii: "D") where tag == "DISCARD ALL": self = .settings
        // `SELECT … INTO` and `CREATE TABLE … AS` have the tag of a SELECT.
        case UInt8(ascii: "S") where !returnsRows && tag.hasPrefix("SELECT"): self = .tables
        case UInt8(ascii: "L") where tag == "LISTEN": self = .channels
        case UInt8(ascii: "P") where tag == "PREPARE": self = .statements
        case UInt8(ascii: "C") where tag.hasPrefix("CREATE ") && Self.creatingTags.contains(tag): self = .tables
        case UInt8(ascii: "D") where tag == "DECLARE CURSOR": self = .cursors
        default: self = []
        }
    }

    private static var creatingTags: [String] {
        ["CREATE TABLE", "CREATE VIEW", "CREATE SEQUENCE", "CREATE TABLE AS"]
    }

    /// `SET LOCAL`, `SET TRANSACTION` and `SET CONSTRAINTS` end with the transaction.
    private static func isLocal(_ sql: String?) -> Bool {
        guard let sql else { return false }
        let words = sql.split(maxSplits: 2, omittingEmptySubsequences: true) { $0.isWhitespace }
        // A comment may come first, with any content.
        guard words.count > 1, words[0].lowercased() == "set" else { return false }
        return ["local", "transaction", "constraints"].contains(words[1].lowercased())
    }

    /// The statements that undo the changes; empty if there are none. `DISCARD ALL` would undo all of it, but cannot be
    /// combined with other statements, and drops prepared statements.
    package var undoStatements: String {
        var statements: [String] = []
        // RESET ALL does not reset the role.
        if contains(.settings) { statements.append("SET SESSION AUTHORIZATION DEFAULT; RESET ALL") }
        if contains(.channels) { statements.append("UNLISTEN *") }
        if contains(.cursors) { statements.append("CLOSE ALL") }
        if contains(.statements) { statements.append("DEALLOCATE ALL") }
        if contains(.tables) { statements.append("DISCARD TEMP") }
        return statements.joined(separator: "; ")
    }
}

extension SessionHandler {
    /// Records what a statement has changed in the session, from its tag.
    ///
    /// - Parameter returnsRows: whether the statement returns rows, even if there are none.
    func note(_ tag: PostgresCommandTag, of sql: String?, returnsRows: Bool) {
        // All prepared statements are gone.
        if tag.description == "DISCARD ALL" || tag.description == "DEALLOCATE ALL" { cache.clear() }
        let alterations = SessionAlterations(tag: tag.description, sql: sql, returnsRows: returnsRows)
        if !alterations.isEmpty { state.alter(alterations) }
    }
}
