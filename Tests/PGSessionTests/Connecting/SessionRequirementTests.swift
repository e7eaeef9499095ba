import PGConnInfo
import PGSession
import PGWire
import Testing

@Suite struct SessionRequirementTests {
    @Test func `A server older than hot standby is a primary, and an unknown one is queried`() {
        #expect(SessionRequirement.evaluate(.primary, ["server_version": "8.4.22"]) == .suitable)
        #expect(
            SessionRequirement.evaluate(.standby, ["server_version": "8.4.22"])
                == .unsuitable("server is not in hot standby mode"))
        #expect(SessionRequirement.evaluate(.standby, ["server_version": "9.6"]) == .ask(.isInRecovery))
        #expect(SessionRequirement.evaluate(.standby, [:]) == .ask(.isInRecovery))
        #expect(SessionRequirement.evaluate(.readWrite, ["in_hot_standby": "off"]) == .ask(.isReadOnly))
    }

    @Test(arguments: [("on", true), ("off", false), ("t", true), ("f", false)])
    func `An answer is read, and the bytes after it are left`(text: String, expected: Bool) throws {
        var writer = WireWriter()
        writer.rowDescription([ColumnDescription(name: "x", typeOID: 25, typeSize: -1)])
        writer.dataRow([Array(text.utf8)])
        writer.commandComplete("SHOW")
        writer.readyForQuery(.idle)
        var exchange = QuestionExchange(.isReadOnly)
        for byte in writer.bytes {
            #expect(exchange.answer == nil)
            try exchange.receive([byte])
        }
        #expect(exchange.answer == expected)
        try exchange.receive([1, 2])
        #expect(exchange.leftover == [1, 2])
    }

    @Test func `A message without a body is ignored, like any other without information`() throws {
        var writer = WireWriter()
        writer.dataRow([[116]])
        writer.readyForQuery(.idle)
        var exchange = QuestionExchange(.isInRecovery)
        try exchange.receive([UInt8(ascii: "I"), 0, 0, 0, 4] + writer.bytes)
        #expect(exchange.answer == true)
    }

    @Test func `No answer is an error`() throws {
        var error = WireWriter()
        error.errorResponse(.error, "42501", "no")
        var empty = WireWriter()
        empty.readyForQuery(.idle)
        var wide = WireWriter()
        wide.dataRow([[116], [116]])
        var null = WireWriter()
        null.dataRow([nil])
        for bytes in [error.bytes, empty.bytes, wide.bytes, null.bytes, [68, 255, 255, 255, 255], [68, 0, 0, 0, 0]] {
            var exchange = QuestionExchange(.isInRecovery)
            #expect(throws: LogInError.self) { try exchange.receive(bytes) }
        }
    }
}
