package import PGWire

/// Why the console refused a command; the messages are PgBouncer's, which operators search for.
package struct AdminError: Error, Hashable, Sendable {
    package var code: SQLState
    package var message: String

    /// Cuts `message` at 1,023 bytes, as PgBouncer does: an error may quote the command, however long that was.
    package init(_ message: String, code: SQLState = .protocolViolation) {
        self.message = message.cut(atByte: 1_023)
        self.code = code
    }

    package static let adminNeeded = AdminError("admin access needed")
    package static let badArguments = AdminError("bad arguments")
    package static let setFailed = AdminError("SET failed")
    package static let reloadFailed = AdminError(
        "RELOAD failed, see logs for additional details", code: .configFileError)
    package static let invalidClientID = AdminError("invalid client pointer supplied")
    package static let clientNotFound = AdminError("client not found")
    package static let databaseRequired = AdminError("a database is required")
    package static let alreadyPaused = AdminError("already suspended/paused")
    package static let notPaused = AdminError("pooler is not paused/suspended")
    /// The answer to PAUSE or SUSPEND when another console or a signal resumes before it is done. (PgBouncer never
    /// answers.)
    package static let pauseEnded = AdminError("canceling statement due to RESUME", code: "57014")
    package static let shuttingDown = AdminError("pooler is shutting down")
    package static let pausedDatabases = AdminError("cannot suspend with paused databases")
    package static let extendedProtocol = AdminError("extended query protocol not supported by admin console")

    package static func invalidCommand(_ query: String) -> AdminError {
        AdminError("invalid command '\(query)', use SHOW HELP;")
    }

    package static func noSuchDatabase(_ name: String) -> AdminError { AdminError("no such database: \(name)") }

    package static func databaseNotPaused(_ name: String) -> AdminError {
        AdminError("database \(name) is not paused")
    }

    /// A message that is neither Query nor Terminate.
    package static func unsupportedMessage(_ type: MessageType) -> AdminError {
        switch type {
        case FrontendMessage.parse, FrontendMessage.bind, FrontendMessage.execute: extendedProtocol
        default: AdminError("unsupported packet type for admin console: \(type.rawValue)")
        }
    }
}

extension String {
    /// The longest prefix of whole characters that fits into `limit` bytes of UTF-8.
    fileprivate func cut(atByte limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
