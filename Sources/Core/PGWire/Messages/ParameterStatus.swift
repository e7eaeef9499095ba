/// The current value of one run-time parameter.
///
///     'S' | Int32 length | String name | String value
///
/// Source: PostgreSQL, protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-PARAMETERSTATUS
package struct ParameterStatus: Hashable, Sendable {
    package var name: String
    package var value: [UInt8]

    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(body: [UInt8]) throws(WireError) {
        var reader = WireReader(body)
        name = try reader.cString()
        value = try reader.cStringBytes()
    }

    package func encode(into writer: inout WireWriter) {
        writer.message(BackendMessage.parameterStatus) { body in
            body.cString(name)
            body.cString(bytes: value)
        }
    }
}
