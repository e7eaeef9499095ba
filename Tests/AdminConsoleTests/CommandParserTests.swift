import AdminConsole
import PGWire
import Testing

/// Every text was first sent to PgBouncer 1.25.2, as an admin and as a stats user; the outcomes are what it did.
@Suite("The console reads commands as PgBouncer does")
struct CommandParserTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let query: String
        let expected: Result<AdminCommand, AdminError>
        var testDescription: String { query }

        init(_ query: String, _ command: AdminCommand) { (self.query, expected) = (query, .success(command)) }
        init(_ query: String, fails error: AdminError) { (self.query, expected) = (query, .failure(error)) }
        init(invalid query: String) { (self.query, expected) = (query, .failure(.invalidCommand(query))) }
    }

    private static func outcome(_ query: String, _ role: AdminRole) -> Result<AdminCommand, AdminError> {
        Result { () throws(AdminError) in try AdminCommand.parse(query, as: role) }
    }

    static let shapes: [Row] = [
        Row("SHOW VERSION", .show(.version)),
        Row("show version;", .show(.version)),
        Row(" \t\r\nShOw\n\"version\" ; ", .show(.version)),
        Row("\"show\" version", .show(.version)),
        Row("select version", .show(.version)),
        Row("SELECT lists;", .show(.lists)),
        Row("SHOW peer_pools ;\n", .show(.peerPools)),
        Row(invalid: ""),
        Row(invalid: ";"),
        Row(invalid: "  "),
        Row(invalid: "SHOW"),
        Row(invalid: "SHOW \"\""),
        Row(invalid: "SHOW VERSION;;"),
        Row(invalid: "SHOW VERSION; SHOW VERSION"),
        Row(invalid: "SHOWVERSION"),
        Row(invalid: "SHOW\"VERSION\""),
        Row(invalid: "SHOW \"ver\"\"sion\""),
        Row(invalid: "SHOW foo"),
        Row(invalid: "SHOW VERSION --c"),
        Row(invalid: "/* c */ SHOW VERSION"),
        Row(invalid: "SHOW VERSION\u{0B}"),
        Row(invalid: "SELECT 1"),
        Row(invalid: "BEGIN"),
    ]

    static let parameters: [Row] = [
        Row("SHOW client_encoding", .showParameter(.clientEncoding)),
        Row("show DateStyle;", .showParameter(.dateStyle)),
        Row("show TimeZone", .showParameter(.timeZone)),
        Row("show standard_conforming_strings", .showParameter(.standardConformingStrings)),
        Row("show default_transaction_isolation", .showParameter(.defaultTransactionIsolation)),
        Row("SET client_encoding = utf8", .setParameter(.clientEncoding)),
        Row("SET DateStyle TO 'ISO'", .setParameter(.dateStyle)),
    ]

    static let settings: [Row] = [
        Row("SET foo=1", .set(key: "foo", value: "1")),
        Row("SET verbose=1", .set(key: "verbose", value: "1")),
        Row("set verbose = 0;", .set(key: "verbose", value: "0")),
        Row("SET  verbose  =  0  ;  ", .set(key: "verbose", value: "0")),
        Row("SET verbose TO 0", .set(key: "verbose", value: "0")),
        Row("SET verbose to \"0\" ;", .set(key: "verbose", value: "0")),
        Row("SET verbose TO '0'", .set(key: "verbose", value: "0")),
        Row("SET verboseTO'0'", .set(key: "verbose", value: "0")),
        Row("SET verboseto 0", .set(key: "verbose", value: "0")),
        Row("SET verbose to0", .set(key: "verbose", value: "0")),
        Row("SET verbose to to", .set(key: "verbose", value: "to")),
        Row("SET verboseto to", .set(key: "verbose", value: "to")),
        Row("SET \"verbose\"=0", .set(key: "verbose", value: "0")),
        Row("SET server_reset_query='it''s'", .set(key: "server_reset_query", value: "it's")),
        Row("SET server_reset_query=''", .set(key: "server_reset_query", value: "")),
        Row("SET server_reset_query=\"\"", .set(key: "server_reset_query", value: "")),
        Row("SET server_reset_query='a;b' ;", .set(key: "server_reset_query", value: "a;b")),
        Row("SET SERVER_RESET_QUERY=aBc", .set(key: "SERVER_RESET_QUERY", value: "aBc")),
        Row("SET \"\"=0", fails: .badArguments),
        Row("SET a='b'''", .set(key: "a", value: "b'")),
        Row("SET atoto b", .set(key: "ato", value: "b")),
        Row("SET to to to", .set(key: "to", value: "to")),
        Row("SET ato to", .set(key: "a", value: "to")),
        Row("SET to=1", .set(key: "to", value: "1")),
        Row("SET aTO\"b\"", .set(key: "a", value: "b")),
        Row("SET a\nTO\tb\r;", .set(key: "a", value: "b")),
        Row("SET \"a b\"=\"c d\"", .set(key: "a b", value: "c d")),
        Row("SET \"a\"TOb", .set(key: "a", value: "b")),
        Row("SET a = to", .set(key: "a", value: "to")),
        Row(invalid: "SET a='b"),
        Row(invalid: "SET to b"),
        Row(invalid: "SET a='"),
        Row(invalid: "SET a=\"b"),
        Row(invalid: "SET a to 'b"),
        Row(invalid: "SET a to='b'"),
        Row(invalid: "SET 'a'=1"),
        Row(invalid: "SET\"a\"=b"),
        Row(invalid: "SET a=b;;"),
        Row(invalid: "SET \"ato\" b"),
        Row(invalid: "SET"),
        Row(invalid: "SET foo"),
        Row(invalid: "SET ''=0"),
        Row(invalid: "SET server_reset_query=-1"),
        Row(invalid: "SET server_reset_query=1.5"),
        Row(invalid: "SET a b c"),
        Row(invalid: "SET verbose == 0"),
        Row(invalid: "\"SET\" verbose=0"),
    ]

    static let controls: [Row] = [
        Row("reload;", .reload),
        Row("RELOAD \"\"", .reload),
        Row("SUSPEND", .suspend),
        Row("PAUSE", .pause(database: nil)),
        Row("PAUSE \"\"", .pause(database: nil)),
        Row("pause p0", .pause(database: "p0")),
        Row("PAUSE P0", .pause(database: "P0")),
        Row("PAUSE \"näme\"", .pause(database: "näme")),
        Row("PAUSE \"a \"\"b\"\" c\";", .pause(database: "a \"b\" c")),
        Row("PAUSE \"\"\"\"", .pause(database: "\"")),
        Row("RESUME", .resume(database: nil)),
        Row("RESUME p0", .resume(database: "p0")),
        Row("KILL", .kill(database: nil)),
        Row("KILL p0", .kill(database: "p0")),
        Row("RECONNECT", .reconnect(database: nil)),
        Row("RECONNECT p0", .reconnect(database: "p0")),
        Row("WAIT_CLOSE", .waitClose(database: nil)),
        Row("wait_close p0", .waitClose(database: "p0")),
        Row("DISABLE p0", .disable(database: "p0")),
        Row("ENABLE p0", .enable(database: "p0")),
        Row("SHUTDOWN", .shutdown(.immediate)),
        Row("shutdown wait_for_servers", .shutdown(.waitForServers)),
        Row("SHUTDOWN WAIT_FOR_CLIENTS;", .shutdown(.waitForClients)),
        Row(invalid: "RELOAD x"),
        Row(invalid: "SUSPEND x"),
        Row(invalid: "SHUTDOWN x"),
        Row(invalid: "SHUTDOWN WAIT"),
        Row(invalid: "PAUSE \"p0"),
        Row(invalid: "PAUSE \"p0\"\""),
        Row(invalid: "PAUSE \""),
        Row(invalid: "\"PAUSE"),
        Row(invalid: "PAUSE p0\""),
        Row(invalid: "PAUSE p0-1"),
        Row(invalid: "\"\" x"),
        Row("DISABLE", fails: .databaseRequired),
        Row("DISABLE \"\"", fails: .databaseRequired),
        Row("ENABLE", fails: .databaseRequired),
        Row("KILL_CLIENT", fails: .invalidClientID),
        Row("KILL_CLIENT x", fails: .invalidClientID),
        Row("KILL_CLIENT 99", .killClient(id: 99)),
        Row("KILL_CLIENT 99abc", .killClient(id: 99)),
        Row("KILL_CLIENT \" 99\"", .killClient(id: 99)),
        Row("KILL_CLIENT \"+7\"", .killClient(id: 7)),
        Row("KILL_CLIENT \"-1\"", .killClient(id: .max)),
        Row("KILL_CLIENT \"0x10\"", .killClient(id: 0)),
        Row("KILL_CLIENT 99999999999999999999999999", .killClient(id: .max)),
    ]

    static let lengths: [Row] = [
        Row(invalid: "SHOW " + String(repeating: "a", count: 63)),
        Row("SHOW " + String(repeating: "a", count: 64), fails: .badArguments),
        Row(invalid: "SHOW \"" + String(repeating: "a", count: 61) + "\""),
        Row("SHOW \"" + String(repeating: "a", count: 62) + "\"", fails: .badArguments),
        Row(invalid: String(repeating: "a", count: 15)),
        Row(String(repeating: "a", count: 16), fails: .badArguments),
        Row("SET " + String(repeating: "a", count: 64) + "=1", fails: .badArguments),
        Row(
            "SET a='" + String(repeating: "b", count: 253) + "'",
            .set(key: "a", value: String(repeating: "b", count: 253))),
        Row("SET a='" + String(repeating: "b", count: 254) + "'", fails: .badArguments),
    ]

    @Test(arguments: shapes + parameters + settings + controls + lengths)
    func anAdminIsUnderstood(_ row: Row) {
        #expect(Self.outcome(row.query, .admin) == row.expected)
    }

    /// A stats user gets the same syntax errors, and for any command but SHOW “admin access needed”, which comes
    /// before the errors about what an argument means.
    @Test(arguments: shapes + parameters + settings + controls + lengths)
    func aStatsUserMayOnlyLook(_ row: Row) {
        let expected: Result<AdminCommand, AdminError> =
            switch row.expected {
            case .success(.show), .success(.showParameter), .success(.setParameter): row.expected
            case .success, .failure(.databaseRequired), .failure(.invalidClientID): .failure(.adminNeeded)
            case .failure: row.expected
            }
        #expect(Self.outcome(row.query, .stats) == expected)
    }

    @Test(arguments: ShowTarget.allCases)
    func everyTargetHasItsWord(_ target: ShowTarget) {
        #expect(Self.outcome("show " + target.rawValue, .admin) == .success(.show(target)))
    }

    @Test func passwordsAreForAdminsOnly() {
        #expect(Self.outcome("SHOW fds", .stats) == .failure(.adminNeeded))
        #expect(Self.outcome("SHOW fds", .admin) == .success(.show(.fds)))
    }

    /// PgBouncer passes the bytes on and finds no such database; here a name is text.
    @Test func aNameThatIsNotTextIsRefused() {
        let query = Array("PAUSE \"".utf8) + [0xFF, 0xFE] + Array("\"".utf8)
        let outcome = Result { () throws(AdminError) in try AdminCommand.parse(query, as: .admin) }
        #expect(outcome == .failure(.badArguments))
    }

    /// PgBouncer breaks the connection from about 460 bytes on; a truncated error is more useful.
    @Test func aLongCommandIsQuotedInPart() {
        let error = AdminError.invalidCommand(String(repeating: "é", count: 5_000))
        #expect(error.message.utf8.count <= 1_023)
        #expect(error.message.utf8.count > 1_019)
        #expect(error.message.hasPrefix("invalid command 'éé"))
        #expect(error.message.hasSuffix("é"))
    }
}
