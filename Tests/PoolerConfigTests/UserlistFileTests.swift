import PoolerConfig
import Testing

/// Behaviour read from src/loader.c of PgBouncer 1.25.2; line numbers in messages are Weir's.
@Suite("The file of users and secrets")
struct UserlistFileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let users: [String]
        let warnings: [String]
        var testDescription: String { String(text.debugDescription.prefix(60)) }

        init(_ text: String, _ users: [String], warns warnings: String...) {
            (self.text, self.users, self.warnings) = (text, users, warnings)
        }
    }

    static let table: [Row] = [
        Row("", []),
        Row(" \n\t\r\n", []),
        Row("; note\n  ; note", []),
        Row("\"a\" \"b\"", ["a|b"]),
        Row("\"a\" \"b\"\n\"c\" \"d\"\r\n", ["a|b", "c|d"]),
        Row("  \"a\"\t\"b\" anything \"else\" ; here\n\"c\" \"d\"", ["a|b", "c|d"]),
        Row("\"a\"\"b\"", [], warns: "broken auth file (u:1)"),
        Row("\"a\":\"b\"", ["a|b"]),
        Row("\"it\"\"s\" \"x\"\"\"", ["it\"s|x\""]),
        Row("\"a b\" \"\"", ["a b|"]),
        Row("\"\" \"x\"", ["|x"]),
        Row("\"a\"\n\"b\"\n\"c\" \"d\"", ["a|b", "c|d"]),  // the secret may stand on a later line
        Row("\"a\" \"1\"\n\"b\" \"2\"\n\"a\" \"3\"", ["a|3", "b|2"]),
        Row(
            "\"a\" \"md5d41d8cd98f00b204e9800998ecf8427e\"\n\"b\" \"SCRAM-SHA-256$4096:c2FsdA==$c3Q=:c2s=\"",
            ["a|md5d41d8cd98f00b204e9800998ecf8427e", "b|SCRAM-SHA-256$4096:c2FsdA==$c3Q=:c2s="]),
        Row("\"a\" \"b\"\nc \"d\"\n\"e\" \"f\"", ["a|b"], warns: "broken auth file (u:2)"),
        Row("# note\n\"a\" \"b\"", [], warns: "broken auth file (u:1)"),
        Row("\"a", [], warns: "broken auth file (u:1)"),
        Row("\n\"a\"", [], warns: "broken auth file (u:2)"),
        Row("\"a\" \"b", [], warns: "broken auth file (u:1)"),
        Row("\"a\" \"b\"\n\n\"c\" \"d\n\n", ["a|b"], warns: "broken auth file (u:3)"),
        Row("\"a\" \"b\0c\"", [], warns: "broken auth file (u:1)"),
        Row("\"\(String(repeating: "u", count: 127))\" \"b\"", ["\(String(repeating: "u", count: 127))|b"]),
        Row(
            "\"x\" \"y\"\n\"\(String(repeating: "u", count: 128))\" \"b\"", ["x|y"],
            warns: "username too long in auth file (u:2)"),
        Row(
            "\"a\" \"\(String(repeating: "p", count: 65_530))\"", ["a|\(String(repeating: "p", count: 65_530))"]),
        Row(
            "\"a\" \"\(String(repeating: "p", count: 65_531))\"", [],
            warns: "password too long in auth file (u:1)"),
    ]

    @Test(arguments: table)
    func isRead(_ row: Row) {
        let file = UserlistFile(parsing: Array(row.text.utf8), file: "u")
        #expect(file.users.map { "\($0.name)|\($0.secret.exposedText)" } == row.users)
        #expect(file.warnings.map(\.description) == row.warnings)
        for user in file.users { #expect(file.secret(of: user.name) == user.secret) }
    }

    @Test func anUnknownUserHasNoSecret() {
        let file = UserlistFile(parsing: Array("\"a\" \"b\"".utf8), file: "u")
        #expect(file.secret(of: "b") == nil)
        #expect(!"\(file)".contains("\"b\""))
    }
}
