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

    @Test func onlyWhatIsWantedAndDiffersIsSet() {
        let server = parameters(["DateStyle": "ISO, MDY", "TimeZone": "UTC", "application_name": "x"])
        let wanted = parameters(["DateStyle": "ISO, MDY", "TimeZone": "GMT", "client_encoding": "UTF8"])
        #expect(
            server.commands(toReach: wanted, names: Self.names) == "SET client_encoding='UTF8';SET TimeZone='GMT';")
        #expect(server.commands(toReach: server, names: Self.names) == nil)
        #expect(server.commands(toReach: parameters([:]), names: Self.names) == nil)
    }

    // Each command was read back by PostgreSQL with standard_conforming_strings on and off, and gave the value.
    @Test(arguments: [
        ("", "''"), ("a", "'a'"), ("it's", "'it''s'"), ("'", "''''"), ("a\\b", "E'a\\\\b'"), ("\\'", "E'\\\\'''"),
        ("\\", "E'\\\\'"), ("a\nb", "'a\nb'"), ("';drop table t;--", "''';drop table t;--'"),
        ("\\';drop table t;--", "E'\\\\'';drop table t;--'"), ("é", "'é'"), ("\"q\"", "'\"q\"'"),
        ("e\u{301}'\u{301}", "'e\u{301}''\u{301}'"),
    ])
    func valuesAreQuoted(_ value: String, _ literal: String) {
        let wanted = parameters(["application_name": value])
        let commands = parameters([:]).commands(toReach: wanted, names: Self.names)
        #expect(commands == "SET application_name=\(literal);")
    }

    @Test(arguments: [
        ("a, b", "a, b"), ("\"$user\", public", "\"$user\", public"), ("\"a;b\", c", "\"a;b\", c"),
        ("\"a\"\"b\"", "\"a\"\"b\""), ("é_1$", "é_1$"), ("\"it's\"", "\"it's\""),
        // Not a list that could have come from a server.
        ("", "''"), ("a;drop table t", "'a;drop table t'"), ("\"a", "'\"a'"), ("a'b", "'a''b'"), ("a--b", "'a--b'"),
        ("\"a\";drop table t", "'\"a\";drop table t'"), ("a\nb", "'a\nb'"), ("a/*", "'a/*'"), ("\"\"\"", "'\"\"\"'"),
    ])
    func listsAreLeftAsTheServerQuotedThem(_ value: String, _ text: String) {
        let commands = parameters([:]).commands(toReach: parameters(["search_path": value]), names: Self.names)
        #expect(commands == "SET search_path=\(text);")
        let plain = parameters([:]).commands(toReach: parameters(["geqo": "a, b"]), names: Self.names)
        #expect(plain == "SET geqo='a, b';")
    }

    @Test func theServersSpellingIsAdopted() {
        var client = parameters(["DateStyle": "ISO", "TimeZone": "utc", "geqo": "on"])
        let server = parameters(["DateStyle": "ISO, MDY", "TimeZone": "UTC", "client_encoding": "UTF8"])
        client.adopt(server)
        // What the client never asked for it does not get, and what the server does not know stays.
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
        // A client that was there before a setting was added knows less.
        let more = TrackedParameters(count: 3)
        var filled = parameters
        filled.fillUnknown(from: more)
        filled.adopt(more)
        #expect(filled.commands(toReach: more, names: TrackedNames()) == nil)
    }
}
