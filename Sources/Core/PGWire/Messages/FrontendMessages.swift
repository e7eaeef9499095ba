// The short messages that a frontend sends, for the pooler's own queries.
// Source: PostgreSQL, protocol-message-formats.html

extension WireWriter {
    package mutating func query(_ sql: String) {
        message(FrontendMessage.query) { $0.cString(sql) }
    }

    package mutating func terminate() {
        message(FrontendMessage.terminate) { _ in }
    }
}
