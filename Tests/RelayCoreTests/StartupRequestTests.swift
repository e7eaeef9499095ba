import PGWire
import RelayCore
import Testing

@Suite struct StartupRequestTests {
    private static let names = TrackedNames(extra: ["search_path"])

    private func request(
        _ parameters: [(String, String)], ignored: [String] = [], version: ProtocolVersion = .v3_0
    ) throws(StartupRequest.Failure) -> StartupRequest {
        let list = parameters.map { StartupParameter(name: $0.0, value: $0.1) }
        return try StartupRequest(version: version, parameters: list, tracked: Self.names, ignored: ignored)
    }

    private func value(_ name: String, in request: StartupRequest) -> String? {
        guard let index = Self.names.index(of: name), let value = request.parameters[index] else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    @Test func theDatabaseIsNamedAfterTheUserUnlessGiven() throws {
        #expect(try request([("user", "joe")]).database == "joe")
        #expect(try request([("user", "joe"), ("database", "")]).database == "joe")
        let given = try request([("database", "shop"), ("user", "joe")])
        #expect(given.user == "joe")
        #expect(given.database == "shop")
        #expect(given.unrecognizedOptions.isEmpty && !given.needsNegotiation && !given.wantsReplication)
        #expect(given.parameters == TrackedParameters(count: Self.names.count))
    }

    @Test func aUserIsNeeded() {
        #expect(throws: StartupRequest.Failure.noUser) { try request([]) }
        #expect(throws: StartupRequest.Failure.noUser) { try request([("user", ""), ("database", "x")]) }
    }

    @Test func trackedParametersAreTakenWhateverTheirCase() throws {
        let taken = try request([
            ("user", "joe"), ("datestyle", "ISO"), ("Client_Encoding", "UTF8"), ("SEARCH_PATH", "a, b"),
            ("application_name", ""),
        ])
        #expect(value("DateStyle", in: taken) == "ISO")
        #expect(value("client_encoding", in: taken) == "UTF8")
        #expect(value("search_path", in: taken) == "a, b")
        #expect(value("application_name", in: taken) == "")
        #expect(value("TimeZone", in: taken) == nil)
    }

    @Test func untrackedParametersAreRefusedUnlessIgnored() throws {
        #expect(throws: StartupRequest.Failure.unsupportedParameter("extra_float_digits")) {
            try request([("user", "joe"), ("extra_float_digits", "2")])
        }
        #expect(
            try request([("user", "joe"), ("extra_float_digits", "2")], ignored: ["extra_float_digits"]).user == "joe")
        // `options` in the list is about what `options` holds.
        #expect(throws: StartupRequest.Failure.unsupportedParameter("geqo")) {
            try request([("user", "joe"), ("geqo", "off")], ignored: ["options"])
        }
    }

    @Test func optionsAreReadLikeParameters() throws {
        let read = try request(
            [("user", "joe"), ("options", "-c datestyle=ISO --search_path=a\\ b -cgeqo=off")], ignored: ["geqo"])
        #expect(value("DateStyle", in: read) == "ISO")
        #expect(value("search_path", in: read) == "a b")
        #expect(throws: StartupRequest.Failure.unsupportedParameterInOptions("geqo")) {
            try request([("user", "joe"), ("options", "-c geqo=off")])
        }
        let ignoring = try request([("user", "joe"), ("options", "-c geqo=off -c TimeZone=UTC")], ignored: ["options"])
        #expect(value("TimeZone", in: ignoring) == "UTC")
        #expect(throws: StartupRequest.Failure.unsupportedOptionsForm) {
            try request([("user", "joe"), ("options", "-d 3")], ignored: ["options"])
        }
    }

    @Test(arguments: [
        ("", false), ("0", false), ("f", false), ("F", false), ("false", false), ("fals", false), ("n", false),
        ("no", false), ("NO", false), ("of", false), ("off", false), ("1", true), ("t", true), ("true", true),
        ("on", true), ("yes", true), ("database", true), ("DATABASE", true), ("nonsense", true),
    ])
    func replicationInEverySpelling(_ value: String, _ wanted: Bool) throws {
        #expect(try request([("user", "joe"), ("replication", value)]).wantsReplication == wanted)
    }

    @Test func newerVersionsAndUnknownOptionsAreNegotiated() throws {
        let extended = try request([("user", "joe"), ("_pq_.one", "1"), ("_pq_.two", "2")])
        #expect(extended.unrecognizedOptions == ["_pq_.one", "_pq_.two"])
        #expect(extended.needsNegotiation)
        #expect(try request([("user", "joe")], version: .v3_2).needsNegotiation)
        #expect(try !request([("user", "joe")], version: .v3_0).needsNegotiation)
        // Without the dot it is a parameter like any other.
        #expect(throws: StartupRequest.Failure.unsupportedParameter("_pq_")) {
            try request([("user", "joe"), ("_pq_", "1")])
        }
    }

    // PgBouncer's words.
    @Test(arguments: [
        (StartupRequest.Failure.noUser, "no username supplied"),
        (.unsupportedParameter("geqo"), "unsupported startup parameter: geqo"),
        (.unsupportedParameterInOptions("geqo"), "unsupported startup parameter in options: geqo"),
        (
            .unsupportedOptionsForm,
            "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed"
        ),
    ])
    func refusalsHavePgBouncersWords(_ failure: StartupRequest.Failure, _ message: String) {
        #expect(failure.message == message)
    }
}
