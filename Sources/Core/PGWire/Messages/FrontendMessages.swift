// The short messages a frontend sends, for the queries the pooler runs itself.
// Source: PostgreSQL, protocol-message-formats.html

extension WireWriter {
    package mutating func query(_ sql: String) {
        message(FrontendMessage.query) { $0.cString(sql) }
    }

    package mutating func terminate() {
        message(FrontendMessage.terminate) { _ in }
    }
}
