// The short messages that a frontend sends, for the pooler's own queries.
// Source: PostgreSQL, protocol-message-formats.html

extension WireWriter {
    package mutating func query(_ sql: String) {
        message(FrontendMessage.query) { $0.cString(sql) }
    }

    package mutating func query(_ sql: [UInt8]) {
        message(FrontendMessage.query) { $0.cString(bytes: sql) }
    }

    package mutating func describeStatement(_ name: [UInt8]) {
        message(FrontendMessage.describe) { body in
            body.byte(UInt8(ascii: "S"))
            body.cString(bytes: name)
        }
    }

    package mutating func closeStatement(_ name: [UInt8]) {
        message(FrontendMessage.close) { body in
            body.byte(UInt8(ascii: "S"))
            body.cString(bytes: name)
        }
    }

    /// - Parameter body: what follows the name: query, number of parameter types, types.
    package mutating func parse(_ name: [UInt8], _ body: [UInt8]) {
        message(FrontendMessage.parse) { message in
            message.cString(bytes: name)
            message.raw(body)
        }
    }

    package mutating func terminate() {
        message(FrontendMessage.terminate) { _ in }
    }
}
