import PoolerConfig
import Testing

@Suite("Secrets stay secret")
struct SecretTests {
    @Test func aSecretPrintsAsRedacted() {
        let secret = Secret("hunter2")
        #expect("\(secret)" == "<redacted>")
        #expect(String(reflecting: secret) == "<redacted>")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hunter2") && !dumped.contains("104"))
        #expect(secret.exposedText == "hunter2")
        #expect(secret.exposedBytes == Array("hunter2".utf8))
    }

    @Test func aValueThatContainsASecretDoesNotPrintIt() throws {
        let configuration = try load(
            "[pgbouncer]\nauth_ldap_options = ldapbindpasswd=hunter2\n[databases]\na = user=u password=hunter2\n")
        #expect(configuration.database(named: "a")?.password?.exposedText == "hunter2")
        var dumped = ""
        dump(configuration.databases, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(!"\(configuration)".contains("hunter2"))
        #expect(!"\(configuration.settings)".contains("hunter2"))
        #expect(!String(reflecting: configuration).contains("hunter2"))
    }

    @Test(arguments: [
        "[databases]\na = password=hunter2 port=0",
        "[databases]\na = pasword=hunter2",
        "[databases]\na = password='hunter2",
        "[databases]\na = password='x'hunter2",
        "[databases]\na = password=x hunter2=y",
        "[databases]\na = password=x y hunter2",
        "[databases]\npgbouncer = password=hunter2",
        "a = password=hunter2",
        "[pgbouncer]\na = password=hunter2",
        "[users]\na = password=hunter2",
        "[peers]\n1 = password=hunter2",
        "[databases]\na password=hunter2",
    ])
    func noErrorRepeatsAPassword(_ text: String) {
        let said = messages(loading: text)
        #expect(!said.isEmpty)
        #expect(!said.contains { $0.contains("hunter2") })
    }

    @Test func aPasswordKeepsBytesThatAreNotUTF8() throws {
        let bytes = Array("[pgbouncer]\n[databases]\na = user=u password=".utf8) + [0xFF, 0xE4, 0x0A]
        let configuration = try PoolerConfiguration.load(path: "t.ini") { _ in bytes }
        #expect(configuration.database(named: "a")?.password == Secret(bytes: [0xFF, 0xE4]))
    }
}
