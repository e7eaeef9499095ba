import LoginCore
import PGWire
import PoolerConfig
import Testing

/// Observed from PostgreSQL 15.14 (errors sent to clients) and PgBouncer 1.25.2 (log lines).
@Suite struct FirstPacketTests {
    private static let v3: [UInt8] = [0, 3, 0, 0]
    private static let ssl = packet([0x04, 0xd2, 0x16, 0x2f])
    private static let gss = packet([0x04, 0xd2, 0x16, 0x30])

    @Test(
        arguments: [
            (bytes("GET / HTTP/1.1\r\n\r\n"), "bad packet header: '474554202f204854'"),
            ([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03], "bad packet header: '1603010200010001'"),
            ([UInt8](repeating: 0, count: 64), "bad packet header: '0000000000000000'"),
            ([UInt8](repeating: 255, count: 64), "bad packet header: 'ffffffffffffffff'"),
            ([0, 0, 0, 4], "bad packet header: '00000004'"),
            ([0, 0, 0, 7, 1, 2, 3], "bad packet header: '00000007010203'"),
            ([0, 0, 0x27, 0x11] + v3, "bad packet header: '0000271100030000'"),
            (message("X", []), "bad packet"),
            (message("Q", bytes("select 1\0")), "bad packet"),
            (message("p", bytes("secret\0")), "bad packet"),
            (packet([0x04, 0xd2, 0x16, 0x2e]), "bad packet header: '0000000804d2162e'"),
            (packet([0x04, 0xd2, 0x16, 0x2f, 0]), "bad packet header: '0000000904d2162f'"),
        ] as [([UInt8], String)])
    func whatIsNoStartupPacketGetsNoAnswer(_ bytes: [UInt8], _ reason: String) {
        var world = LoginWorld()
        world.receive(bytes)
        #expect(world.refusal == .silent(reason))
        #expect(world.sent.isEmpty)
    }

    private static let layout = "invalid startup packet layout: expected terminator as last byte"

    @Test(
        arguments: [
            (packet(v3 + bytes("user\0x")), "08P01", layout),
            (packet(v3 + bytes("user\0x\0\0zz")), "08P01", layout),
            (packet(v3 + bytes("user\0joe\0")), "08P01", layout),
            (packet([4, 0, 0, 0]), "0A000", "unsupported frontend protocol 1024.0: server supports 3.0 to 3.0"),
            (packet([0, 4, 0, 0]), "0A000", "unsupported frontend protocol 4.0: server supports 3.0 to 3.0"),
            (packet([0, 0, 0, 0]), "0A000", "unsupported frontend protocol 0.0: server supports 3.0 to 3.0"),
            (
                packet([0x00, 0xbc, 0x61, 0x4e]), "0A000",
                "unsupported frontend protocol 188.24910: server supports 3.0 to 3.0"
            ),
            (packet(v3 + bytes("database\0app\0\0")), "08P01", "no username supplied"),
        ] as [([UInt8], SQLState, String)])
    func aBrokenStartupMessageIsAnsweredAsByPostgreSQL(_ bytes: [UInt8], _ code: SQLState, _ text: String) throws {
        var world = LoginWorld()
        world.receive(bytes)
        guard case .error(let fields)? = world.refusal?.answer else {
            Issue.record("\(String(describing: world.refusal))")
            return
        }
        #expect(fields.severity == "FATAL")
        #expect(fields.code == code)
        #expect(fields.message == text)
    }

    @Test(arguments: [(1, 0), (2, 0)])
    func anOldProtocolIsAnsweredInItsOwnForm(major: UInt8, minor: UInt8) {
        var world = LoginWorld()
        world.receive(packet([0, major, 0, minor] + [UInt8](repeating: 0, count: 288)))
        let text = "EFATAL:  unsupported frontend protocol \(major).\(minor): server supports 3.0 to 3.0\n\0"
        #expect(world.refusal?.answer.encoded == bytes(text))
        #expect(world.refusal?.reason == "old V\(major) protocol not supported")
    }

    @Test func anEncryptionRequestIsAnsweredNo() {
        var world = LoginWorld()
        for request in [Self.gss, Self.ssl] { world.receive(request) }
        #expect(world.sent == [bytes("N"), bytes("N")])
        world.receive(startup())
        #expect(world.sent.count == 3)
        #expect(world.refusal == nil)
    }

    @Test func encryptionRequestsAreLimited() {
        var world = LoginWorld()
        for number in 0..<PeerLimits.encryptionRequests { world.receive(number % 2 == 0 ? Self.gss : Self.ssl) }
        #expect(world.refusal == nil)
        world.receive(Self.ssl)
        #expect(world.refusal == .silent("too many encryption requests"))
        #expect(world.sent.count == PeerLimits.encryptionRequests)
    }

    @Test func bytesAfterAnEncryptionRequestAreRefused() {
        for (request, name) in [(Self.ssl, "SSL"), (Self.gss, "GSSAPI encryption")] {
            var world = LoginWorld()
            world.receive(request + [0])
            #expect(world.refusal?.reason == "received unencrypted data after \(name) request")
            #expect(world.sent.isEmpty)
        }
    }

    @Test func aCancelRequestEndsTheLogIn() {
        var world = LoginWorld()
        world.receive(packet([0x04, 0xd2, 0x16, 0x2e, 0, 0, 0, 1, 9, 8, 7, 6]))
        #expect(world.cancelKey == [0, 0, 0, 1, 9, 8, 7, 6])
        world.receive(startup())
        #expect(world.sent.isEmpty)
    }

    @Test func packetsMayComeByteByByte() {
        var (whole, torn) = (LoginWorld(.trust, Kind.plain.secret), LoginWorld(.trust, Kind.plain.secret))
        whole.receive(startup())
        for byte in startup() { torn.receive([byte]) }
        #expect(whole.acceptance != nil && torn.acceptance != nil)
        #expect(whole.sent == torn.sent)
    }

    @Test func bytesAfterTheLogInAreKeptWithinTheLimit() {
        var world = LoginWorld(.trust, Kind.plain.secret)
        world.receive(startup() + bytes("early"))
        #expect(world.acceptance != nil)
        #expect(world.login.takeRest() == bytes("early"))
        world.receive([UInt8](repeating: 1, count: PeerLimits.clientBytes))
        #expect(world.refusal == nil)
        world.receive([1])
        #expect(world.refusal?.reason == "bad packet header")
    }

    @Test func replicationIsRefused() {
        var world = LoginWorld(.trust, Kind.plain.secret)
        world.receive(startup(user: "joe", database: "app", ["replication", "database"]))
        #expect(world.refusal?.reason == "replication connections are not supported")
    }
}
