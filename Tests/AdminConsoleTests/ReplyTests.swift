import AdminConsole
import PGWire
import Testing

/// Bytes were first recorded from PgBouncer 1.25.2.
///
/// PostgreSQL's own errors carry a `V` field beside `S`; so do Weir's.
@Suite("Replies on the wire")
struct ReplyTests {
    private func bytes(_ reply: AdminReply) -> String {
        var writer = WireWriter()
        reply.encode(into: &writer)
        return Self.readable(writer.bytes)
    }

    /// Printable ASCII as it is, any other byte as two hexadecimal digits in angle brackets.
    private static func readable(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            if 0x20...0x7E ~= byte { return String(UnicodeScalar(byte)) }
            return "<" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16) + ">"
        }.joined()
    }

    private static let ready = "Z<00><00><00><05>I"
    private static let textColumn =
        "<00><00><00><00><00><00><00><00><00><00><19><ff><ff><ff><ff><ff><ff><00><00>"

    @Test func aTable() {
        #expect(
            bytes(.table(.state(.active)))
                == "T<00><00><00>4<00><02>key\(Self.textColumn)value\(Self.textColumn)"
                + "D<00><00><00><17><00><02><00><00><00><06>active<00><00><00><03>yes"
                + "D<00><00><00><16><00><02><00><00><00><06>paused<00><00><00><02>no"
                + "D<00><00><00><19><00><02><00><00><00><09>suspended<00><00><00><02>no"
                + "C<00><00><00><09>SHOW<00>" + Self.ready)
    }

    @Test func aParameter() {
        #expect(
            bytes(.table(.parameter(.timeZone)))
                == "T<00><00><00>!<00><01>timezone\(Self.textColumn)"
                + "D<00><00><00><0d><00><01><00><00><00><03>GMT" + "C<00><00><00><09>SHOW<00>" + Self.ready)
    }

    @Test func nullIsNotEmpty() {
        var user = UserRow(name: "u")
        user.poolSize = 7
        user.poolMode = "transaction"
        var writer = WireWriter()
        ShowTable.users([UserRow(name: "pgbouncer"), user]).encode(into: &writer)
        let zeros = String(repeating: "<00><00><00><01>0", count: 4)
        let rows =
            "D<00><00><00>3<00><08><00><00><00><09>pgbouncer<00><00><00><00><00><00><00><00><ff><ff><ff><ff>" + zeros
            + "D<00><00><00>?<00><08><00><00><00><01>u<00><00><00><09>        7<00><00><00><00>"
            + "<00><00><00><0b>transaction" + zeros
        #expect(Self.readable(writer.bytes).hasSuffix(rows))
    }

    @Test func anError() {
        #expect(
            bytes(.error(.setFailed))
                == "E<00><00><00>&SERROR<00>VERROR<00>C08P01<00>MSET failed<00><00>" + Self.ready)
    }

    @Test func aFailedReloadHasItsOwnCode() {
        #expect(AdminError.reloadFailed.code == .configFileError)
        #expect(bytes(.error(.reloadFailed)).contains("CF0000<00>MRELOAD failed, see logs for additional details<00>"))
    }

    @Test func aCommandTag() {
        let command = AdminCommand.set(key: "verbose", value: "1")
        #expect(bytes(.done(command.tag)) == "C<00><00><00><12>SET verbose=1<00>" + Self.ready)
    }

    @Test func settingAParameterIsNoticedAndIgnored() {
        #expect(
            bytes(.setIgnored)
                == "N<00><00><00>)SNOTICE<00>VNOTICE<00>C00000<00>MSET ignored<00><00>"
                + "C<00><00><00><08>SET<00>" + Self.ready)
    }

    @Test func helpIsANoticeWithOneCommandALine() {
        let text = bytes(.help)
        #expect(text.hasPrefix("N"))
        #expect(text.contains("SNOTICE<00>C00000<00>MConsole usage<00>D<0a><09>SHOW HELP|CONFIG|"))
        #expect(text.hasSuffix("<0a><09>WAIT_CLOSE [<db>]<00><00>C<00><00><00><09>SHOW<00>" + Self.ready))
    }

    @Test func helpNamesEveryTarget() {
        let words = Set(
            ConsoleHelp.lines.filter { $0.hasPrefix("SHOW ") }
                .flatMap { $0.dropFirst(5).split(separator: "|").map { String($0) } })
        #expect(words == Set(ShowTarget.allCases.map { $0.rawValue.uppercased() }))
    }

    @Test(arguments: [
        (FrontendMessage.parse, "extended query protocol not supported by admin console"),
        (FrontendMessage.bind, "extended query protocol not supported by admin console"),
        (FrontendMessage.execute, "extended query protocol not supported by admin console"),
        (FrontendMessage.describe, "unsupported packet type for admin console: 68"),
        (FrontendMessage.sync, "unsupported packet type for admin console: 83"),
        (FrontendMessage.functionCall, "unsupported packet type for admin console: 70"),
    ])
    func anyOtherMessageEndsTheConnection(_ type: MessageType, words: String) {
        let text = bytes(.refusedMessage(type))
        #expect(text.contains("SERROR<00>VERROR<00>C08P01<00>M\(words)<00><00>" + Self.ready + "E"))
        #expect(text.hasSuffix("SFATAL<00>VFATAL<00>C08P01<00>Mbad packet<00><00>"))
    }

    @Test func theWelcome() {
        var writer = WireWriter()
        ConsoleWelcome.encode(into: &writer)
        let parameters = [
            ("server_version", "1.25.2/bouncer"), ("client_encoding", "UTF8"), ("server_encoding", "UTF8"),
            ("DateStyle", "ISO"), ("TimeZone", "GMT"), ("standard_conforming_strings", "on"), ("is_superuser", "on"),
        ]
        var expected = WireWriter()
        for parameter in parameters {
            expected.message("S") { body in
                body.cString(parameter.0)
                body.cString(parameter.1)
            }
        }
        #expect(writer.bytes == expected.bytes)
    }

    @Test func theVersionIsReadAsPgBouncers() {
        #expect(ShowTable.version.rows == [[PoolerVersion.banner]])
        #expect(PoolerVersion.banner.wholeMatch(of: /PgBouncer (\d+\.\d+\.\d+)\b.*/)?.1 == "1.25.2")
    }
}
