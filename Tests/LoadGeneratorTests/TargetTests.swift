import LoadGenerator
import PGConnInfo
import PGWire
import Testing

@Suite struct TargetTests {
    private func parameters(
        _ text: String?, _ environment: [String: String] = [:], user: String? = "me"
    ) throws -> TargetParameters {
        try TargetParameters(text, environment: environment, systemUser: user)
    }

    @Test func aConnectionStringWinsOverTheEnvironment() throws {
        let environment = ["PGUSER": "env", "PGDATABASE": "envdb", "PGHOST": "envhost", "PGPASSWORD": "p"]
        let found = try parameters("postgresql://bob@db:6432/app", environment)
        #expect((found.user, found.database, found.value(.password)) == ("bob", "app", "p"))
        #expect(try found.servers() == [ConnectionString.Server(host: "db", port: 6432)])
    }

    @Test func theEnvironmentFillsWhatIsLeftOut() throws {
        let environment = ["PGUSER": "env", "PGDATABASE": "envdb", "PGHOST": "envhost", "PGPORT": "7"]
        for text in [nil, ""] {
            let found = try parameters(text, environment)
            #expect((found.user, found.database) == ("env", "envdb"))
            #expect(try found.servers() == [ConnectionString.Server(host: "envhost", port: 7)])
        }
    }

    @Test func whoRunsTheProgramIsTheUserAndTheUserTheDatabase() throws {
        #expect(try parameters(nil).database == "me")
        #expect(try parameters("user=bob").database == "bob")
        #expect(throws: TargetError.noUser) { try parameters(nil, user: nil) }
    }

    @Test func aSingleWordIsADatabase() throws {
        let found = try parameters("app", ["PGDATABASE": "other"])
        #expect((found.user, found.database) == ("me", "app"))
    }

    @Test func anOddHostSurvives() throws {
        let found = try parameters(#"host='/tmp/it\'s \\ here' port=1"#)
        #expect(try found.servers() == [ConnectionString.Server(host: #"/tmp/it's \ here"#, port: 1)])
    }

    @Test(arguments: ["require", "verify-ca", "verify-full"])
    func demandingTLSIsRefused(mode: String) {
        #expect(throws: TargetError.needsTLS(mode)) { try parameters("sslmode=\(mode)") }
        #expect(throws: TargetError.needsTLS(mode)) { try parameters(nil, ["PGSSLMODE": mode]) }
    }

    @Test(arguments: ["disable", "allow", "prefer"])
    func notDemandingTLSGoesOn(mode: String) {
        #expect(throws: Never.self) { try parameters("sslmode=\(mode)") }
    }

    @Test(arguments: [
        "channel_binding=require", "gssencmode=require", "service=x", "require_auth=md5", "replication=true",
        "target_session_attrs=read-write",
    ])
    func aPromiseThatWouldBeBrokenIsRefused(text: String) throws {
        let error = try #require(throws: TargetError.self) { try parameters(text) }
        #expect(error.description == "\(text) is not supported")
    }

    @Test func timeoutsAndNamesAreHandedOn() throws {
        let found = try parameters("connect_timeout=7 application_name=x options='-c a=b'")
        #expect(try found.connectTimeout() == .seconds(7))
        #expect(
            found.startupParameters == [
                StartupParameter(name: "application_name", value: "x"),
                StartupParameter(name: "options", value: "-c a=b"),
            ])
        #expect(try parameters("connect_timeout=0").connectTimeout() == LoadTarget.defaultConnectTimeout)
        #expect(throws: TargetError.badTimeout("soon")) { try parameters("connect_timeout=soon").connectTimeout() }
    }

    // MARK: - The password file

    /// What each line gives for bob at db:5432/app; as libpq 15 does.
    @Test(arguments: [
        ("db:5432:app:bob:secret", "secret"), ("*:*:*:*:any", "any"), ("db:5432:app:alice:no", nil),
        ("other:*:*:*:no\ndb:*:*:bob:yes", "yes"), ("# db:5432:app:bob:no\n*:*:*:bob:yes", "yes"),
        (#"db:5432:app:bob:a\:b\\c"#, #"a:b\c"#), (#"\*:5432:app:bob:no"#, nil), ("db:5432:app:bob", nil),
        ("db:5432:app:bob:", ""), ("db:5432:app:bob:yes\r\n", "yes"), ("", nil), (#"db:5432:app:bob:x\"#, "x"),
    ])
    func passwordFile(text: String, password: String?) {
        let found = PasswordFile.password(in: text, host: "db", port: 5432, database: "app", user: "bob")
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == password)
    }
}
