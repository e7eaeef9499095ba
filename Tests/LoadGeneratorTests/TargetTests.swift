import LoadGenerator
import PGConnInfo
import PGWire
import Testing

@Suite struct TargetTests {
    private func parameters(_ text: String, _ variables: [String: String] = [:]) throws -> TargetParameters {
        try TargetParameters(
            ConnectionString(databaseOrString: text),
            environment: ClientEnvironment(variables: variables, systemUser: "me"))
    }

    @Test func theStringAndTheEnvironmentAreRead() throws {
        let options = try parameters("postgresql://db:6432/app", ["PGUSER": "env", "PGDATABASE": "no"]).options
        #expect((options.user, options.dbname) == ("env", "app"))
        #expect(options.hosts.map(\.server) == [ConnectionString.Server(host: "db", port: 6432)])
        #expect(try parameters("app").options.dbname == "app")
    }

    @Test(arguments: ["require", "verify-ca", "verify-full"])
    func requiringTLSIsRefused(mode: String) {
        #expect(throws: TargetError.needsTLS(mode)) { try parameters("sslmode=\(mode)") }
        #expect(throws: TargetError.needsTLS(mode)) { try parameters("", ["PGSSLMODE": mode]) }
    }

    @Test(arguments: ["disable", "allow", "prefer"])
    func optionalTLSIsAccepted(mode: String) {
        #expect(throws: Never.self) { try parameters("sslmode=\(mode)") }
    }

    @Test(arguments: [
        "channel_binding=require", "require_auth=md5", "replication=true",
        "target_session_attrs=read-write",
    ])
    func anUnsupportedOptionIsRefused(text: String) throws {
        let error = try #require(throws: TargetError.self) { try parameters(text) }
        #expect(error.description == "\(text) is not supported")
    }

    @Test func anInvalidOptionIsReportedInLibpqsWords() throws {
        let error = try #require(throws: TargetError.self) { try parameters("service=x") }
        #expect(error.description == "definition of service \"x\" not found")
    }

    @Test func timeoutsAndNamesArePassedOn() throws {
        let found = try parameters("connect_timeout=7 application_name=x options='-c a=b'")
        #expect(found.connectTimeout == .seconds(7))
        #expect(
            found.startupParameters == [
                StartupParameter(name: "options", value: "-c a=b"),
                StartupParameter(name: "application_name", value: "x"),
            ])
        let plain = try parameters("connect_timeout=0")
        #expect(plain.connectTimeout == LoadTarget.defaultConnectTimeout)
        #expect(plain.startupParameters == [StartupParameter(name: "application_name", value: "weir bench")])
    }
}
