import RelayCore
import Testing

@Suite struct TrackedParametersTests {
    private static let names = TrackedNames(extra: ["search_path", "timezone", "Search_Path", "geqo"])

    private func parameters(_ values: [String: String]) -> TrackedParameters {
        var parameters = TrackedParameters(count: Self.names.count)
        for (index, name) in Self.names.names.enumerated() { parameters[index] = values[name].map { Array($0.utf8) } }
        return parameters
    }

    @Test func namesAreFoundWithoutCaseAndOnce() {
        #expect(Self.names.names == TrackedNames.standard + ["search_path", "geqo"])
        #expect(Self.names.count == 7)
        #expect(Self.names.index(of: "DATESTYLE") == 1)
        #expect(Self.names.index(of: "Geqo") == 6)
        #expect(Self.names.index(of: "geqo_seed") == nil)
        #expect(Self.names.index(of: "") == nil)
    }

    private func commands(_ server: TrackedParameters, toReach wanted: TrackedParameters) -> String? {
        server.commands(toReach: wanted, names: Self.names).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `Only values that are wanted and differ are set`() {
        let server = parameters(["DateStyle": "ISO, MDY", "TimeZone": "UTC", "application_name": "x"])
        let wanted = parameters(["DateStyle": "ISO, MDY", "TimeZone": "GMT", "client_encoding": "UTF8"])
        #expect(
            commands(server, toReach: wanted) == "SET client_encoding='UTF8';SET TimeZone='GMT';")
        #expect(commands(server, toReach: server) == nil)
        #expect(commands(server, toReach: parameters([:])) == nil)
    }

    // Each command was read back by PostgreSQL with standard_conforming_strings on and off, and gave the value.
    @Test(arguments: [
        ("", "''"), ("a", "'a'"), ("it's", "'it''s'"), ("'", "''''"), ("a\\b", "E'a\\\\b'"), ("\\'", "E'\\\\'''"),
        ("\\", "E'\\\\'"), ("a\nb", "'a\nb'"), ("';drop table t;--", "''';drop table t;--'"),
        ("\\';drop table t;--", "E'\\\\'';drop table t;--'"), ("é", "'é'"), ("\"q\"", "'\"q\"'"),
        ("e\u{301}'\u{301}", "'e\u{301}''\u{301}'"),
    ])
    func `Values are quoted`(_ value: String, _ literal: String) {
        #expect(
            commands(parameters([:]), toReach: parameters(["application_name": value]))
                == "SET application_name=\(literal);")
        // The settings of track_extra_parameters may be lists of names, which SET would read as one name.
        #expect(
            commands(parameters([:]), toReach: parameters(["search_path": value]))
                == "SELECT pg_catalog.set_config('search_path',\(literal),false);")
    }

    @Test func `Bytes of any encoding are sent as they are`() {
        var wanted = parameters([:])
        wanted[4] = [0x63, 0xe9, 0x27, 0xff]
        #expect(
            parameters([:]).commands(toReach: wanted, names: Self.names)
                == Array("SET application_name='c".utf8) + [0xe9, 0x27, 0x27, 0xff] + Array("';".utf8))
    }

    @Test func theServersSpellingIsAdopted() {
        var client = parameters(["DateStyle": "ISO", "TimeZone": "utc", "geqo": "on"])
        let server = parameters(["DateStyle": "ISO, MDY", "TimeZone": "UTC", "client_encoding": "UTF8"])
        client.adopt(server)
        // Parameters that the client never set are not sent, and those unknown to the server stay.
        #expect(client == parameters(["DateStyle": "ISO, MDY", "TimeZone": "UTC", "geqo": "on"]))
    }

    @Test func theUnknownIsFilledFromElsewhere() {
        var client = parameters(["DateStyle": "German"])
        client.fillUnknown(from: parameters(["DateStyle": "ISO, MDY", "TimeZone": "UTC"]))
        #expect(client == parameters(["DateStyle": "German", "TimeZone": "UTC"]))
    }

    @Test func anIndexThatIsNotThereIsNil() {
        var parameters = TrackedParameters(count: 2)
        parameters[2] = [1]
        parameters[-1] = [1]
        #expect(parameters[2] == nil)
        #expect(parameters[-1] == nil)
        #expect(parameters == TrackedParameters(count: 2))
        // A client that connected before a setting was added has fewer values.
        let more = TrackedParameters(count: 3)
        var filled = parameters
        filled.fillUnknown(from: more)
        filled.adopt(more)
        #expect(filled.commands(toReach: more, names: TrackedNames()) == nil)
    }
}
