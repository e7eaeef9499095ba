import PGWire
import Testing

@Suite struct StartupPacketTests {
    private static func packet(_ body: [UInt8]) -> [UInt8] {
        let length = UInt32(body.count + 4)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> UInt32($0)) } + body
    }

    private static let v3: [UInt8] = [0, 3, 0, 0]
    private static let cancel: [UInt8] = [0x04, 0xd2, 0x16, 0x2e]

    // The codes from protocol-message-formats.html: 1234.5678, .5679, .5680; 3.0 is 196608.
    @Test(
        arguments: [
            (
                packet(v3 + Array("user\0joe\0database\0\0\0".utf8)),
                .startup(
                    .v3_0,
                    parameters: [
                        StartupParameter(name: "user", value: "joe"), StartupParameter(name: "database", value: ""),
                    ])
            ),
            (packet(v3 + [0]), .startup(.v3_0, parameters: [])),
            (packet([0, 3, 0, 2, 0]), .startup(.v3_2, parameters: [])),
            (packet([0, 3, 0x27, 0x0f, 0]), .startup(ProtocolVersion(major: 3, minor: 9_999), parameters: [])),
            ([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f], .sslRequest),
            ([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30], .gssEncRequest),
            (packet(cancel + [0, 0, 0, 1, 9, 8, 7, 6]), .cancelRequest(key: [0, 0, 0, 1, 9, 8, 7, 6])),
            (packet(cancel + Array(repeating: 7, count: 36)), .cancelRequest(key: Array(repeating: 7, count: 36))),
            (packet(cancel + Array(repeating: 7, count: 260)), .cancelRequest(key: Array(repeating: 7, count: 260))),
        ] as [([UInt8], StartupPacket)])
    func packetsAreReadAndWritten(_ bytes: [UInt8], _ packet: StartupPacket) throws {
        #expect(try StartupPacket(bytes) == packet)
        var writer = WireWriter()
        packet.encode(into: &writer)
        #expect(writer.bytes == bytes)
    }

    @Test func aValueNeedNotBeUTF8() throws {
        let packet = try StartupPacket(Self.packet(Self.v3 + Array("application_name\0".utf8) + [0xff, 0, 0]))
        #expect(
            packet
                == .startup(.v3_0, parameters: [StartupParameter(name: "application_name", value: [0xff] as [UInt8])]))
    }

    @Test(
        arguments: [
            ([], .truncated),
            ([0, 0, 0], .truncated),
            ([0, 0, 0, 4], .truncated),
            ([0, 0, 0, 9, 0x04, 0xd2, 0x16, 0x2f], .invalidStartupPacket),
            ([0, 0, 0, 7, 0x04, 0xd2, 0x16, 0x2f], .invalidStartupPacket),
            ([0x80, 0, 0, 8, 0, 3, 0, 0], .invalidStartupPacket),
            (packet([0x04, 0xd2, 0x16, 0x2f, 0]), .invalidStartupPacket),
            (packet([0x04, 0xd2, 0x16, 0x30, 0]), .invalidStartupPacket),
            (packet(cancel), .invalidStartupPacket),
            (packet(cancel + Array(repeating: 7, count: 7)), .invalidStartupPacket),
            (packet(cancel + Array(repeating: 7, count: 261)), .invalidStartupPacket),
            (packet([0, 2, 0, 0] + Array(repeating: 0, count: 288)), .unsupportedProtocolVersion(major: 2, minor: 0)),
            (packet([0, 4, 0, 1, 0]), .unsupportedProtocolVersion(major: 4, minor: 1)),
            (packet([0xff, 0xff, 0xff, 0xff]), .unsupportedProtocolVersion(major: 65_535, minor: 65_535)),
            (packet(v3), .invalidStartupLayout),
            (packet(v3 + Array("user".utf8)), .invalidStartupLayout),
            (packet(v3 + Array("user\0".utf8)), .invalidStartupLayout),
            (packet(v3 + Array("user\0joe".utf8)), .invalidStartupLayout),
            (packet(v3 + Array("user\0joe\0".utf8)), .invalidStartupLayout),
            (packet(v3 + Array("user\0joe\0\0x".utf8)), .invalidStartupLayout),
            (packet(v3 + [0xc3, 0x28, 0, 0x61, 0, 0]), .invalidUTF8),
        ] as [([UInt8], WireError)])
    func malformedPacketsAreRefused(_ bytes: [UInt8], _ error: WireError) {
        #expect(throws: error) { try StartupPacket(bytes) }
    }

    @Test func theLengthIsKnownFromFourBytes() throws {
        for count in 0..<4 { #expect(try StartupPacket.length(of: Array(repeating: 0xff, count: count)) == nil) }
        #expect(try StartupPacket.length(of: [0, 0, 0, 8]) == 8)
        #expect(try StartupPacket.length(of: [0, 0, 0x27, 0x10, 0xff]) == 10_000)
    }

    @Test(
        arguments: [
            [0, 0, 0, 0], [0, 0, 0, 7], [0, 0, 0x27, 0x11], [0xff, 0xff, 0xff, 0xff], [0x47, 0x45, 0x54, 0x20],
        ] as [[UInt8]])
    func invalidLengthsAreRefusedImmediately(_ bytes: [UInt8]) {
        #expect(throws: WireError.invalidStartupPacket) { try StartupPacket.length(of: bytes) }
    }

    @Test(
        arguments: [
            (.v3_0, 196_608), (.v3_2, 196_610), (ProtocolVersion(major: 2, minor: 0), 131_072),
            (ProtocolVersion(major: 65_535, minor: 65_535), -1),
        ] as [(ProtocolVersion, Int32)])
    func versionsAreEncoded(_ version: ProtocolVersion, _ code: Int32) {
        #expect(version.code == code)
        #expect(ProtocolVersion(code: code) == version)
    }
}
