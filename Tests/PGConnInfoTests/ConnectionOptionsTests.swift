import PGConnInfo
import Testing

/// The options that a connection string results in. Expectations were observed from libpq 18: from `PQconninfo` and the
/// error of `PQconnectStart`, the first message as a server receives it, and the time until a connection fails.
@Suite("Connection options")
struct ConnectionOptionsTests {
    static let home = ["HOME": "/home/ann"]

    private func options(_ text: String = "", _ variables: [String: String] = [:]) throws -> ConnectionOptions {
        let variables = Self.home.merging(variables) { $1 }
        return try ConnectionOptions(
            ConnectionString(text), environment: ClientEnvironment(variables: variables, systemUser: "ann"))
    }

    @Test func theDefaultsAreLibpqs() throws {
        let found = try options()
        #expect(found.hosts.map(\.server) == [ConnectionString.Server()])
        #expect(
            (found.user, found.dbname, found.hosts[0].password, found.passwordFile) == (
                "ann", "ann", nil, "/home/ann/.pgpass"
            ))
        #expect(
            (found.connectTimeout, found.tcpUserTimeout, found.keepalives) == (nil, nil, ConnectionOptions.Keepalives())
        )
        #expect((found.targetSessionAttrs, found.loadBalanceHosts) == (.any, .disable))
        #expect((found.tls.mode, found.tls.negotiation, found.tls.certificateMode) == (.prefer, .postgres, .allow))
        #expect((found.tls.minimumVersion, found.tls.maximumVersion, found.tls.sendsServerName) == (.v1_2, nil, true))
        #expect(found.tls.roots == .file("/home/ann/.postgresql/root.crt"))
        #expect(found.tls.certificate == "/home/ann/.postgresql/postgresql.crt")
        #expect(found.tls.key == "/home/ann/.postgresql/postgresql.key")
        #expect(
            (found.channelBinding, found.gssencmode, found.protocolVersions) == (.prefer, .disable, .v3_0 ... .v3_0))
        #expect(
            (found.replication, found.clientEncoding, found.options, found.applicationName) == (.none, nil, nil, nil))
        #expect(RequireAuth.Method.allCases.allSatisfy(found.requireAuth.allows))
    }

    /// The value of `port` in each source, and the one that is used.
    @Test(arguments: [
        ("port=1 service=s", "port=2", "3", "1"), ("service=s", "port=2", "3", "2"), ("service=s", "", "3", "3"),
        ("port='' service=s", "port=2", "3", ""), ("service=s", "port=", "3", ""), ("service=s", "", "", ""),
    ])
    func aStringOverridesAServiceAndThatTheEnvironment(text: String, line: String, variable: String, port: String)
        throws
    {
        let environment = ClientEnvironment(
            variables: ["PGPORT": variable, "PGSERVICEFILE": "f"], systemUser: "ann", homeDirectory: nil)
        let file = ServiceFile(path: "f", bytes: Array("[s]\n\(line)\n".utf8))
        let found = try ConnectionOptions(ConnectionString(text), environment: environment, serviceFiles: [file])
        #expect(found.settings[.port] == port)
        #expect(found.hosts[0].server.port == Int(port) ?? 5432)
    }

    @Test func anEmptyNameOrPasswordIsNotSet() throws {
        let found = try options(
            "user='' password='' passfile=''", ["PGUSER": "x", "PGPASSWORD": "x", "PGPASSFILE": "x"])
        #expect(
            (found.user, found.dbname, found.hosts[0].password, found.passwordFile) == (
                "ann", "ann", nil, "/home/ann/.pgpass"
            ))
        #expect(try options("user=bob", ["PGDATABASE": ""]).dbname == "bob")
        #expect(throws: ConnectionOptionsError.noUser) {
            try ConnectionOptions(ConnectionString(""), environment: ClientEnvironment())
        }
    }

    @Test(arguments: [
        ("", "sslmode=require", "require"), ("1", "", "require"), ("0", "", "prefer"), ("1", "sslmode=allow", "allow"),
        ("", "sslrootcert=system", "verify-full"), ("1", "sslrootcert=x", "require"),
    ])
    func sslmodeHasTwoSpecialCases(requireSSL: String, text: String, mode: String) throws {
        #expect(try options(text, ["PGREQUIRESSL": requireSSL]).tls.mode.rawValue == mode)
    }

    @Test(arguments: [
        ("5", 5), ("1", 1), ("0", nil), ("-5", nil), (" +3 ", 3), ("2147483647", 2_147_483_647),
    ])
    func aTimeoutIsAtLeastASecondOrAbsent(text: String, seconds: Int?) throws {
        #expect(try options("connect_timeout='\(text)'").connectTimeout == seconds.map { .seconds($0) })
    }

    @Test func keepalivesAreReadOnlyIfTheyAreOn() throws {
        let found = try options("keepalives_idle=7 keepalives_interval=0 keepalives_count=3 tcp_user_timeout=250")
        #expect((found.keepalives.idle, found.keepalives.interval, found.keepalives.count) == (.seconds(7), nil, 3))
        #expect(found.tcpUserTimeout == .milliseconds(250))
        #expect(try options("keepalives=0 keepalives_idle=x").keepalives.isOn == false)
        #expect(try options("keepalives=5").keepalives.isOn)
        #expect(throws: ConnectionOptionsError.notAnInteger(.keepalivesIdle, "x")) { try options("keepalives_idle=x") }
    }

    @Test(arguments: [
        ("", "3.0", "3.0"), ("min_protocol_version=3.2", "3.2", "3.2"), ("max_protocol_version=latest", "3.0", "3.2"),
        ("min_protocol_version=latest", "3.2", "3.2"), ("min_protocol_version=3.0", "3.0", "3.0"),
    ])
    func protocolVersions(text: String, minimum: String, maximum: String) throws {
        let found = try options(text).protocolVersions
        #expect((found.lowerBound.rawValue, found.upperBound.rawValue) == (minimum, maximum))
    }

    @Test(arguments: [
        ("", "password md5 gss sspi scram-sha-256 oauth none"), ("scram-sha-256,none", "scram-sha-256 none"),
        ("!password,!md5,!none", "gss sspi scram-sha-256 oauth"),
    ])
    func requireAuth(text: String, allowed: String) throws {
        #expect(try RequireAuth(text).allowed.map(\.rawValue).joined(separator: " ") == allowed)
    }

    @Test(
        arguments: [
            ("true", .physical), ("TR", .physical), ("on", .physical), ("y", .physical), ("1", .physical), ("", .none),
            ("database", .logical), ("off", .none), ("of", .none), ("n", .none), ("0", .none),
        ] as [(String, ConnectionOptions.Replication)])
    func replication(text: String, kind: ConnectionOptions.Replication) throws {
        #expect(try options("replication='\(text)'").replication == kind)
    }

    /// The first message that libpq 18 sends.
    @Test(
        arguments: [
            ("", [:], "user=ann database=ann"), ("user=bob", [:], "user=bob database=bob"),
            ("application_name=a fallback_application_name=b", [:], "user=ann database=ann application_name=a"),
            ("application_name='' fallback_application_name=b", [:], "user=ann database=ann"),
            ("fallback_application_name=b", [:], "user=ann database=ann application_name=b"),
            ("fallback_application_name=b", ["PGAPPNAME": ""], "user=ann database=ann"),
            ("options=''", ["PGOPTIONS": "-x"], "user=ann database=ann"),
            ("replication=yes", [:], "user=ann database=ann replication=yes"),
            ("client_encoding=auto", [:], "user=ann database=ann client_encoding=UTF8"),
            (
                "", ["PGTZ": "", "PGGEQO": "Default", "PGDATESTYLE": "ISO"],
                "user=ann database=ann datestyle=ISO timezone="
            ),
            (
                "client_encoding=latin1 application_name=a options=-x replication=1", ["PGTZ": "UTC"],
                "user=ann database=ann replication=1 options=-x application_name=a client_encoding=latin1 timezone=UTC"
            ),
        ] as [(String, [String: String], String)])
    func theFirstMessage(text: String, variables: [String: String], expected: String) throws {
        let parameters = try options(text, variables).startupParameters()
        #expect(parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ") == expected)
    }

    @Test func eachHostHasItsOwnPassword() throws {
        var found = try options("host=a,/var/run/postgresql,/x hostaddr=1.2.3.4,,  port=1,2,03 user=u dbname=d")
        found.hosts.reverse()
        let file = "a:1:d:u:one\n1.2.3.4:*:*:*:no\nlocalhost:2:*:u:two\n/x:3:*:*:no\n/x:03:*:*:three\n"
        found.takePasswords(from: Array(file.utf8))
        #expect(found.hosts.map(\.password) == [Secret("three"), Secret("two"), Secret("one")])
    }

    @Test func anEmptyPasswordInTheFileIsIgnoredAndAGivenOneIsKept() throws {
        let file = Array("a:5432:ann:ann:\n*:*:*:*:no".utf8)
        var found = try options("host=a")
        found.takePasswords(from: file)
        #expect(found.hosts.map(\.password) == [nil])
        found = try options("password=x host=a,b")
        found.takePasswords(from: file)
        #expect(found.hosts.map(\.password) == [Secret("x"), Secret("x")])
        #expect(found.passwordFile == nil)
    }

    @Test func aHostWithAPathIsAUnixSocket() throws {
        let servers = try options("host=a,/x,@y,,/z hostaddr=,,,,1.2.3.4 port=5").hosts.map(\.server)
        #expect(servers.map(\.isUnixSocket) == [false, true, true, true, false])
        #expect(
            servers.map { $0.socketPath(in: "/run") } == [
                nil, "/x/.s.PGSQL.5", "@y/.s.PGSQL.5", "/run/.s.PGSQL.5", nil,
            ])
    }

    @Test func noSecretIsPrinted() throws {
        let key = String(repeating: "A", count: 43) + "="
        let environment = ClientEnvironment(variables: ["PGPASSWORD": "geheim"], systemUser: "ann")
        let text = "sslpassword=geheim2 oauth_client_secret=geheim3 scram_client_key=\(key)"
        let found = try ConnectionOptions(ConnectionString(text), environment: environment)
        #expect(found.hosts.map(\.password) == [Secret("geheim")])
        for value in [found, environment, found.settings] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for shown in ["\(value)", String(reflecting: value), dumped] {
                #expect(!shown.contains("geheim") && !shown.contains(key))
            }
        }
    }

    @Test(arguments: [
        (
            "sslmode=on",
            "invalid sslmode value: \"on\" (expected one of disable, allow, prefer, require, verify-ca, verify-full)"
        ),
        (
            "connect_timeout=5s",
            "invalid integer value \"5s\" for connection option \"connect_timeout\" (expected whole seconds; 0 or less to wait for ever)"
        ),
        ("port=1,2", "could not match 2 port numbers to 1 hosts (expected one port for all hosts, or one for each)"),
        ("port=0", "invalid port number: \"0\" (expected a number from 1 to 65535)"),
        (
            "postgres://ann:pw/x@h",
            "invalid integer value \"***\" for connection option \"port\" (expected a number from 1 to 65535)"
        ),
        (
            "gssencmode=require",
            "gssencmode value \"require\" invalid when GSSAPI support is not compiled in (expected disable or prefer)"
        ),
        ("replication=maybe", "invalid replication value: \"maybe\" (expected one of true, false, database)"),
        ("scram_client_key=AAAA", "invalid SCRAM client key length: 3 (expected 32 bytes)"),
        (
            "sslnegotiation=direct",
            "weak sslmode \"prefer\" may not be used with sslnegotiation=direct (use \"require\", \"verify-ca\", or \"verify-full\")"
        ),
        ("service=x", "definition of service \"x\" not found"),
    ])
    func anErrorNamesTheKeywordAndTheExpectedValues(text: String, description: String) throws {
        let error = try #require(throws: ConnectionOptionsError.self) { try options(text) }
        #expect(error.description == description)
        #expect(
            error.keyword.map {
                error.description.contains($0.rawValue) || $0.rawValue.hasPrefix("scram") || $0 == .port
            } ?? true)
    }

    @Test(arguments: [
        (" -c  a=b\t--x ", ["-c", "a=b", "--x"]), (#"-c a=\ b\\c\"#, ["-c", #"a= b\c"#]), ("", []), ("  ", []),
        (#"\"#, [""]),
    ])
    func wordsOfOptions(text: String, words: [String]) {
        #expect(CommandLineOptions.words(of: text) == words)
    }

    @Test func aSettingIsOneWordAfterItsSwitch() {
        let text = CommandLineOptions.setting("search_path", #""my schema", a\b"#)
        #expect(text == #"-c search_path="my\ schema",\ a\\b"#)
        #expect(CommandLineOptions.words(of: text) == ["-c", #"search_path="my schema", a\b"#])
    }
}
