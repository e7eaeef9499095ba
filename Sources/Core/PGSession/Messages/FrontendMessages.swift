package import PGTypes
import PGWire

// The messages that a frontend sends after the log-in.
// Source: PostgreSQL, protocol-message-formats.html

/// The object of a Describe or Close: a prepared statement, or a portal, which is a statement with its values.
package enum StatementOrPortal: UInt8, Sendable {
    case statement = 0x53  // S
    case portal = 0x50  // P
}

extension PostgresWriter {
    /// The maximum length of a message in either direction, 1 GiB.
    ///
    /// Source: PostgreSQL, src/include/libpq/libpq.h, PQ_LARGE_MESSAGE_LIMIT
    package static var longestMessage: Int { 0x3FFF_FFFF }

    /// Returns whether a text can be sent: it must not contain a zero byte, which would end it, or be too long.
    package static func canSend(_ text: String) -> Bool {
        text.utf8.count < longestMessage - 1024 && !text.utf8.contains(0)
    }

    /// Appends Parse. The server infers the types of the parameters.
    package mutating func parse(_ sql: String, name: String) {
        message(FrontendMessage.parse.rawValue) { body in
            body.writeZeroTerminated(name)
            body.writeZeroTerminated(sql)
            body.write(Int16(0))
        }
    }

    package mutating func describe(_ kind: StatementOrPortal, name: String) {
        message(FrontendMessage.describe.rawValue) { body in
            body.write(kind.rawValue)
            body.writeZeroTerminated(name)
        }
    }

    /// Appends Bind, with each value in the type that the server expects.
    ///
    /// - Throws: ``PostgresEncodingError`` with the value's index; nothing has been appended then.
    package mutating func bind(
        _ statement: PreparedStatement, portal: String = "", values: [any PostgresEncodable & Sendable]
    ) throws(PostgresEncodingError) {
        let start = count
        try message(FrontendMessage.bind.rawValue) { (body) throws(PostgresEncodingError) in
            let formats = zip(values, statement.parameters).lazy.map { Swift.type(of: $0).postgresFormat(for: $1) }
            body.bindHead(statement, portal: portal, formats: formats, count: values.count)
            for (index, (value, type)) in zip(values, statement.parameters).enumerated() {
                try body.parameter(value, as: type, index: index)
            }
            body.write(contentsOf: statement.resultFormats)
            guard body.count - start <= Self.longestMessage else {
                throw PostgresEncodingError(.tooLarge, type: .unspecified, source: [any PostgresEncodable].self)
            }
        }
    }

    /// Appends the part of a Bind that precedes the values.
    package mutating func bindHead(
        _ statement: PreparedStatement, portal: String, formats: some Sequence<PostgresFormat>, count: Int
    ) {
        writeZeroTerminated(portal)
        writeZeroTerminated(statement.name)
        write(UInt16(clamping: count))
        for format in formats { write(format.rawValue) }
        write(UInt16(clamping: count))
    }

    private mutating func parameter<Value: PostgresEncodable>(
        _ value: Value, as type: PostgresType, index: Int
    ) throws(PostgresEncodingError) {
        do throws(PostgresEncodingError) {
            try writeField(value, as: type, in: Value.postgresFormat(for: type))
        } catch {
            var error = error
            error.index = index
            throw error
        }
    }

    /// Appends Execute.
    ///
    /// - Parameter maximumRows: 0 for all rows; after this many the server sends PortalSuspended.
    package mutating func execute(portal: String = "", maximumRows: Int32 = 0) {
        message(FrontendMessage.execute.rawValue) { body in
            body.writeZeroTerminated(portal)
            body.write(maximumRows)
        }
    }

    package mutating func close(_ kind: StatementOrPortal, name: String) {
        message(FrontendMessage.close.rawValue) { body in
            body.write(kind.rawValue)
            body.writeZeroTerminated(name)
        }
    }

    package mutating func sync() { message(FrontendMessage.sync.rawValue) { _ in } }
    package mutating func flush() { message(FrontendMessage.flush.rawValue) { _ in } }
    package mutating func terminate() { message(FrontendMessage.terminate.rawValue) { _ in } }

    /// Appends Query: statements in one text, with results in text format.
    package mutating func simpleQuery(_ sql: String) {
        message(FrontendMessage.query.rawValue) { $0.writeZeroTerminated(sql) }
    }

    package mutating func copyData(_ bytes: some Sequence<UInt8>) {
        message(FrontendMessage.copyData.rawValue) { $0.write(contentsOf: bytes) }
    }

    package mutating func copyDone() { message(FrontendMessage.copyDone.rawValue) { _ in } }

    package mutating func copyFail(_ reason: String) {
        message(FrontendMessage.copyFail.rawValue) { $0.writeZeroTerminated(reason) }
    }
}
