// The short messages that a frontend sends, for the pooler's own queries.
// Source: PostgreSQL, protocol-message-formats.html

extension WireWriter {
    package mutating func query(_ sql: String) {
        message(FrontendMessage.query) { $0.cString(sql) }
    }

    package mutating func query(_ sql: [UInt8]) {
        message(FrontendMessage.query) { $0.cString(bytes: sql) }
    }

    package mutating func describeStatement(_ name: String) {
        message(FrontendMessage.describe) { body in
            body.byte(UInt8(ascii: "S"))
            body.cString(name)
        }
    }

    package mutating func terminate() {
        message(FrontendMessage.terminate) { _ in }
    }
}
