package import PGTypes

// The messages that describe a statement or a COPY, and notifications.
// Source: PostgreSQL, protocol-message-formats.html

/// RowDescription.
///
///     Int16 count | count × (String name | Int32 table | Int16 attribute | Int32 type | Int16 size | Int32 modifier |
///     Int16 format)
package struct RowDescription {
    package var columns: [PostgresColumn]

    package init(body: RawSpan) throws(SessionError) {
        let malformed = SessionError.malformed(UInt8(ascii: "T"))
        var fields = MessageFields(body)
        guard let count = fields.int16(), count >= 0 else { throw malformed }
        columns = []
        for _ in 0..<count {
            guard let name = fields.text(), let table = fields.oid(), let attribute = fields.int16(),
                let type = fields.oid(), fields.int16() != nil, let modifier = fields.int32(),
                let code = fields.int16(), let format = PostgresFormat(rawValue: code)
            else { throw malformed }
            columns.append(
                PostgresColumn(
                    name: name, type: PostgresType(oid: type), format: format, tableOID: table,
                    attributeNumber: attribute, typeModifier: modifier))
        }
        guard fields.remaining == 0 else { throw malformed }
    }
}

/// ParameterDescription: `Int16 count | count × Int32 type`. The count is at most 65,535.
package struct ParameterDescription {
    package var types: [UInt32] = []

    package init(body: RawSpan) throws(SessionError) {
        var fields = MessageFields(body)
        guard let count = fields.int16().map(UInt16.init(bitPattern:)), fields.remaining == Int(count) * 4 else {
            throw .malformed(UInt8(ascii: "t"))
        }
        while let type = fields.oid() { types.append(type) }
    }
}

/// NotificationResponse: `Int32 process | String channel | String payload`.
package struct NotificationResponse: Hashable, Sendable {
    package var processID: Int32
    package var channel: String
    package var payload: String

    package init(body: RawSpan) throws(SessionError) {
        var fields = MessageFields(body)
        guard let process = fields.int32(), let channel = fields.text(), let payload = fields.text() else {
            throw .malformed(UInt8(ascii: "A"))
        }
        (processID, self.channel, self.payload) = (process, channel, payload)
    }
}

/// CopyInResponse and CopyOutResponse: `Int8 format | Int16 count | count × Int16 format`.
package struct CopyDescription: Hashable, Sendable {
    /// Whether rows are in COPY's binary format rather than in text format.
    package var isBinary: Bool
    package var columnCount: Int

    package init(body: RawSpan, type: UInt8) throws(SessionError) {
        var fields = MessageFields(body)
        guard let format = fields.byte(), format <= 1, let count = fields.int16(), count >= 0,
            fields.remaining == Int(count) * 2
        else { throw .malformed(type) }
        (isBinary, columnCount) = (format == 1, Int(count))
    }
}
