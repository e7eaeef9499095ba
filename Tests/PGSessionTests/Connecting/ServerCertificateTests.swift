import PGAuth
import PGSession
import Testing

@Suite struct ServerCertificateTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let names: [String]
        let common: String?
        let host: String
        let address: [UInt8]?
        let objection: String?
        var testDescription: String { "\(names) \(common ?? "-") for \(host)" }

        init(
            _ names: [String], _ common: String?, _ host: String, _ address: [UInt8]? = nil, _ objection: String? = nil
        ) {
            (self.names, self.common, self.host, self.address, self.objection) = (
                names, common, host, address, objection
            )
        }
    }

    private static let local: [UInt8] = [127, 0, 0, 1]

    /// As in libpq 18; see its SSL tests, t/001_ssltests.pl.
    static let table: [Row] = [
        Row([], "db.example.com", "db.example.com"),
        Row([], "DB.Example.COM", "db.example.com"),
        Row(
            [], "db.example.com", "db2.example.com", nil,
            #"server certificate for "db.example.com" does not match host name "db2.example.com""#),
        Row([], "*.example.com", "db.example.com"),
        Row(
            [], "*.example.com", "example.com", nil,
            #"server certificate for "*.example.com" does not match host name "example.com""#),
        Row(
            [], "*.example.com", "deep.db.example.com", nil,
            #"server certificate for "*.example.com" does not match host name "deep.db.example.com""#),
        Row(
            [], "db*.example.com", "db1.example.com", nil,
            #"server certificate for "db*.example.com" does not match host name "db1.example.com""#),
        Row([], "*", "localhost", nil, #"server certificate for "*" does not match host name "localhost""#),
        Row(["a.example.com", "b.example.com", "*.wild.example.com"], "cn.example.com", "b.example.com"),
        Row(["a.example.com", "b.example.com", "*.wild.example.com"], "cn.example.com", "x.wild.example.com"),
        Row(
            ["a.example.com", "b.example.com", "*.wild.example.com"], "cn.example.com", "cn.example.com", nil,
            #"server certificate for "a.example.com" (and 2 other names) does not match host name "cn.example.com""#),
        Row(
            ["a.example.com", "b.example.com"], nil, "c.example.com", nil,
            #"server certificate for "a.example.com" (and 1 other name) does not match host name "c.example.com""#),
        Row(["ip:127.0.0.1"], nil, "127.0.0.1", local),
        Row(["ip:127.0.0.1"], "db.example.com", "db.example.com"),
        Row(
            ["ip:127.0.0.2"], "127.0.0.1", "127.0.0.1", local,
            #"server certificate for "127.0.0.2" does not match host name "127.0.0.1""#),
        Row(["127.0.0.1"], nil, "127.0.0.1", local),
        Row(["db.example.com"], "127.0.0.1", "127.0.0.1", local),
        Row([], "127.0.0.1", "127.0.0.1", local),
        Row([], nil, "db.example.com", nil, "could not get server's host name from server certificate"),
        Row(["a\u{0}.example.com"], nil, "a", nil, "SSL certificate's name contains embedded null"),
        Row([], "a\u{0}.example.com", "a", nil, "SSL certificate's name contains embedded null"),
        Row(["ip:1.2.3"], nil, "1.2.3.4", [1, 2, 3, 4], "certificate contains IP address with invalid length 3"),
    ]

    @Test(arguments: table)
    func `A certificate matches the host or does not`(row: Row) throws {
        let certificate = try #require(ServerCertificate(der: Self.der(row.names, row.common)))
        #expect(certificate.objection(toHost: row.host, address: row.address) == row.objection)
    }

    @Test func `A truncated or damaged certificate is rejected, or contains less`() {
        let der = Self.der(["a.example.com", "ip:127.0.0.1"], "cn")
        for end in der.indices { #expect(ServerCertificate(der: Array(der[..<end])) == nil) }
        for index in der.indices {
            var damaged = der
            for value in [0x00, 0x7F, 0x80, 0x84, 0xFF] as [UInt8] {
                damaged[index] = value
                _ = ServerCertificate(der: damaged)?.objection(toHost: "host", address: nil)
            }
        }
    }

    @Test(
        arguments: [
            ([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05], CertificateHash.sha256),  // sha1WithRSAEncryption
            ([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B], .sha256),
            ([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C], .sha384),
            ([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D], .sha512),
            ([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03], .sha384),  // ecdsa-with-SHA384
            ([0x2B, 0x65, 0x70], nil),  // Ed25519
        ] as [([UInt8], CertificateHash?)])
    func `The signature tells the hash for channel binding`(identifier: [UInt8], hash: CertificateHash?) throws {
        #expect(try #require(ServerCertificate(der: Self.der([], "cn", signature: identifier))).signatureHash == hash)
    }

    /// A certificate that serves only to be parsed.
    private static func der(
        _ names: [String], _ common: String?,
        signature: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]
    ) -> [UInt8] {
        let subject = common.map {
            element(0x31, element(0x30, element(0x06, [0x55, 0x04, 0x03]) + element(0x0C, Array($0.utf8))))
        }
        let general = names.flatMap { name in
            name.hasPrefix("ip:")
                ? element(0x87, name.dropFirst(3).split(separator: ".").compactMap { UInt8($0) })
                : element(0x82, Array(name.utf8))
        }
        let extensions =
            names.isEmpty
            ? []
            : element(
                0xA3,
                element(
                    0x30,
                    element(0x30, element(0x06, [0x55, 0x1D, 0x0F]) + element(0x01, [0xFF]) + element(0x04, []))
                        + element(
                            0x30, element(0x06, [0x55, 0x1D, 0x11]) + element(0x04, element(0x30, general)))))
        let empty = element(0x30, [])
        let algorithm = element(0x30, element(0x06, signature))
        let signed =
            element(0xA0, element(0x02, [2])) + element(0x02, [1]) + algorithm + empty + empty
            + element(0x30, subject ?? []) + empty + extensions
        return element(0x30, element(0x30, signed) + algorithm + element(0x03, [0]))
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 128 ? [UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        return [tag] + length + content
    }
}
