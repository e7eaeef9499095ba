/// The fields of an ErrorResponse or NoticeResponse.
///
///     'E' or 'N' | Int32 length | (Byte1 field code, String value)… | 0
///
/// Source: PostgreSQL, protocol-error-fields.html
package struct ErrorFields: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var code: UInt8
        package var value: [UInt8]
    }

    package private(set) var fields: [Field]

    /// - Parameters:
    ///   - detail: a second sentence; psql and libpq show it after `DETAIL:`.
    ///   - hint: what to do about it; shown after `HINT:`.
    package init(
        severity: Severity, code: SQLState, message: String, detail: String? = nil, hint: String? = nil
    ) {
        fields = [
            Field(code: UInt8(ascii: "S"), value: Array(severity.rawValue.utf8)),
            Field(code: UInt8(ascii: "V"), value: Array(severity.rawValue.utf8)),
            Field(code: UInt8(ascii: "C"), value: Array(code.rawValue.utf8)),
            Field(code: UInt8(ascii: "M"), value: Array(message.utf8)),
        ]
        if let detail { fields.append(Field(code: UInt8(ascii: "D"), value: Array(detail.utf8))) }
        if let hint { fields.append(Field(code: UInt8(ascii: "H"), value: Array(hint.utf8))) }
    }

    /// Decodes a body. A body without the final zero byte is rejected; one without a code or message is accepted,
    /// because servers may omit fields; see ``severity``, ``code`` and ``message``.
    package init(body: [UInt8]) throws(WireError) {
        var reader = WireReader(body)
        fields = []
        while true {
            let code = try reader.byte()
            if code == 0 { break }
            fields.append(Field(code: code, value: try reader.cStringBytes()))
        }
    }

    package enum Severity: String, Sendable {
        case error = "ERROR"
        case fatal = "FATAL"
        case panic = "PANIC"
        case notice = "NOTICE"
        case warning = "WARNING"
    }

    /// The text of one field, for people and logs; bytes that are not UTF-8 are replaced.
    package func text(_ code: Unicode.Scalar) -> String? {
        guard let field = fields.first(where: { $0.code == UInt8(ascii: code) }) else { return nil }
        return String(decoding: field.value, as: UTF8.self)
    }

    /// The severity, not translated if the server sent that field.
    package var severity: String { text("V") ?? text("S") ?? "ERROR" }
    package var code: SQLState { SQLState(rawValue: text("C") ?? "XX000") }
    package var message: String { text("M") ?? "" }

    /// Replaces a part of the message wherever it occurs in it. O(length)
    package mutating func replace(_ part: [UInt8], by other: [UInt8]) {
        guard !part.isEmpty else { return }
        for index in fields.indices where fields[index].code == UInt8(ascii: "M") {
            let text = fields[index].value
            var result: [UInt8] = []
            var position = 0
            while position < text.count {
                if text[position...].starts(with: part) {
                    result += other
                    position += part.count
                } else {
                    result.append(text[position])
                    position += 1
                }
            }
            fields[index].value = result
        }
    }

    package func encode(_ type: MessageType, into writer: inout WireWriter) {
        writer.message(type) { body in
            for field in fields {
                body.byte(field.code)
                body.cString(bytes: field.value)
            }
            body.byte(0)
        }
    }
}

extension WireWriter {
    package mutating func errorResponse(
        _ severity: ErrorFields.Severity, _ code: SQLState, _ message: String, hint: String? = nil
    ) {
        ErrorFields(severity: severity, code: code, message: message, hint: hint)
            .encode(BackendMessage.errorResponse, into: &self)
    }

    package mutating func noticeResponse(_ message: String, code: SQLState = .successfulCompletion) {
        ErrorFields(severity: .notice, code: code, message: message).encode(BackendMessage.noticeResponse, into: &self)
    }
}
