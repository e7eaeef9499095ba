import PGConnInfo
import Testing

/// Observed from libpq 18. `LibpqAnswersTests` compares its parser again on thousands of generated files.
@Suite("Service files and password files")
struct FileTests {
    static let services = """
        outside
        [one] what follows is nothing
          host=a  \t
        # port=1
         # port=2
        port=3
        port=4
        password='a=b'

        [onetwo]
        host=no
        [one]
        user=no
        [spaced]
        host = a
        [nested]
        service=one
        [old]
        requiressl=1
        [word]
        host
        [directory]
        ldap://h/b?a?one
        [\u{FFFD}]
        user=x
        """

    private func options(of service: String) throws(ServiceFileError) -> String? {
        try ServiceFile(path: "f", bytes: Array(Self.services.utf8)).options(of: service)?.map {
            "\($0.keyword.rawValue)=\($0.value)"
        }.joined(separator: ";")
    }

    @Test(arguments: [
        ("one", "host=a;port=3;password='a=b'"), ("onetwo", "host=no"), ("two", nil), ("\u{FFFD}", "user=x"),
    ])
    func theFirstSectionWithTheNameIsUsed(service: String, expected: String?) throws {
        #expect(try options(of: service) == expected)
    }

    @Test(arguments: [
        (
            "spaced",
            "syntax error in service file \"f\", line 15: invalid connection option \"host \"; did you mean \"host\"?"
        ),
        ("nested", "nested service specifications not supported in service file \"f\", line 17"),
        ("old", "syntax error in service file \"f\", line 19: invalid connection option \"requiressl\""),
        ("word", "syntax error in service file \"f\", line 21: expected keyword=value"),
        ("directory", "LDAP look-up not supported in service file \"f\", line 23"),
    ])
    func anErrorNamesTheLine(service: String, description: String) throws {
        let error = try #require(throws: ServiceFileError.self) { try options(of: service) }
        #expect(error.description == description)
    }

    @Test(arguments: [(1022, true), (1023, false), (1024, false)])
    func aLineHasALengthLimit(length: Int, isFine: Bool) throws {
        let text = String(repeating: "#", count: length - 1) + "\n[a]\nuser=x\n"
        let file = ServiceFile(path: "f", bytes: Array(text.utf8))
        if isFine {
            #expect(try file.options(of: "a")?.count == 1)
        } else {
            #expect(throws: ServiceFileError.self) { try file.options(of: "a") }
        }
    }

    @Test(
        arguments: [
            ("", [:], nil, []), ("service=a", [:], "a", ["/h/.pg_service.conf", "/etc/pg/pg_service.conf"]),
            ("", ["PGSERVICE": "b"], "b", ["/h/.pg_service.conf", "/etc/pg/pg_service.conf"]),
            ("service=a", ["PGSERVICE": "b", "PGSERVICEFILE": "f"], "a", ["f", "/etc/pg/pg_service.conf"]),
            (
                "service=a", ["PGSYSCONFDIR": "/s", "HOME": "/other"], "a",
                ["/other/.pg_service.conf", "/s/pg_service.conf"]
            ),
            ("service=a", ["HOME": ""], "a", ["/h/.pg_service.conf", "/etc/pg/pg_service.conf"]),
        ] as [(String, [String: String], String?, [String])])
    func serviceFilesHaveAnOrder(text: String, variables: [String: String], service: String?, paths: [String]) throws {
        let environment = ClientEnvironment(variables: variables, homeDirectory: "/h", systemDirectory: "/etc/pg")
        let search = ServiceFile.search(for: try ConnectionString(text), in: environment)
        #expect(search?.service == service)
        #expect(search?.paths ?? [] == paths)
    }

    @Test func theFileOfTheEnvironmentMustExist() throws {
        let environment = ClientEnvironment(variables: ["PGSERVICEFILE": "f"], systemUser: "ann")
        let error = try #require(throws: ConnectionOptionsError.self) {
            try ConnectionOptions(ConnectionString("service=a"), environment: environment)
        }
        #expect(error.message == "service file \"f\" not found")
    }

    @Test func theSecondFileIsUsedForServicesMissingFromTheFirst() throws {
        let files = ["[a]\nhost=/one", "[a]\nport=7\n[b]\nhost=/two"].map {
            ServiceFile(path: "f", bytes: Array($0.utf8))
        }
        let environment = ClientEnvironment(systemUser: "ann")
        let hosts = try ["a", "b"].map { service in
            try ConnectionOptions(
                ConnectionString("service=\(service)"), environment: environment, serviceFiles: files
            ).hosts.map(\.server)
        }
        #expect(hosts == [[.init(host: "/one")], [.init(host: "/two")]])
    }

    @Test func aFileThatMayContainPasswordsShowsOnlyItsPath() {
        let file = ServiceFile(path: "f", bytes: Array("[a]\npassword=geheim".utf8))
        var dumped = ""
        dump(file, to: &dumped)
        #expect(
            ![dumped, "\(file)", String(reflecting: file)].contains { $0.contains("geheim") || $0.contains("103") })
    }

    /// The password that each file contains for bob at db:5432/app.
    @Test(arguments: [
        ("db:5432:app:bob:secret", "secret"), ("*:*:*:*:any", "any"), ("db:5432:app:alice:no", nil),
        ("other:*:*:*:no\ndb:*:*:bob:yes", "yes"), ("#db:5432:app:bob:no\n*:*:*:bob:yes", "yes"),
        (#"db:5432:app:bob:a\:b\\c"#, #"a:b\c"#), (#"\*:5432:app:bob:no"#, nil), (#"d\b:5432:app:bob:yes"#, "yes"),
        ("db:5432:app:bob", nil), ("db:5432:app:bob:", ""), ("db:5432:app:bob:\n*:*:*:*:no", ""),
        ("db:5432:app:bob:yes\r\r\n", "yes"), ("db:5432:app:bob:yes \n", "yes "), ("", nil),
        (#"db:5432:app:bob:x\"#, #"x\"#),
        (" db:5432:app:bob:no", nil), ("db:05432:app:bob:no", nil), ("db:5432:APP:bob:no", nil), ("**:*:*:*:no", nil),
        ("db:5432:app:bob:a:b", "a"), ("\u{FEFF}db:5432:app:bob:no", nil), ("*:*:*:*:a\0b\n*:*:*:*:c", "a*"),
    ])
    func passwordFile(text: String, password: String?) {
        let found = PasswordFile.password(in: Array(text.utf8), host: "db", port: "5432", database: "app", user: "bob")
        #expect(found.map { String(decoding: $0.bytes, as: UTF8.self) } == password)
    }

    @Test func anAddressWithColonsNeedsNoEscaping() {
        for field in ["::1", #"\:\:1"#] {
            let file = Array("\(field):5432:a:b:yes".utf8)
            #expect(
                PasswordFile.password(in: file, host: "::1", port: "5432", database: "a", user: "b") == Secret("yes"))
        }
    }

    /// Passwords: libpq 18's warnings. Keys: libpq-ssl.html.
    @Test(
        arguments: [
            (0o100600, 7, true, true), (0o100400, 7, true, true), (0o100700, 7, true, true), (0o104600, 7, true, true),
            (0o100640, 7, false, false), (0o100604, 7, false, false), (0o100610, 7, false, false),
            (0o100000, 7, true, true),
            (0o100640, 0, false, true), (0o100660, 0, false, false), (0o100644, 0, false, false),
            (0o100600, 0, true, true),
            (0o040700, 7, false, false), (0o020600, 0, false, false),
        ] as [(UInt32, UInt32, Bool, Bool)])
    func filesThatOthersMayReadAreRejected(mode: UInt32, owner: UInt32, passwords: Bool, key: Bool) {
        let file = PrivateFile(path: "f", mode: mode, owner: owner)
        #expect((file.objectionAsPasswordFile == nil) == passwords)
        #expect((file.objectionAsPrivateKey == nil) == key)
    }

    @Test func objectionsUseLibpqsWords() {
        #expect(
            PrivateFile(path: "f", mode: 0o100640, owner: 7).objectionAsPasswordFile
                == "password file \"f\" has group or world access; permissions should be u=rw (0600) or less")
        #expect(
            PrivateFile(path: "f", mode: 0o040700, owner: 7).objectionAsPasswordFile
                == "password file \"f\" is not a plain file")
    }
}
