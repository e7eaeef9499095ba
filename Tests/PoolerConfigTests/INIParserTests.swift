import PoolerConfig
import Testing

/// Outcomes were first observed from PgBouncer 1.18 and then checked against the sources of 1.25.2, except for double
/// quotes around keys, zero bytes and line breaks in quoted keys, where Weir differs on purpose.
@Suite("The grammar of ini files")
struct INIParserTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let expected: [String]
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ expected: String...) { (self.text, self.expected) = (text, expected) }
    }

    static let table: [Row] = [
        Row(""),
        Row("\n \t\r\n"),
        Row("; note\n# note\n  ; note", ""),
        Row("[a]", "1 [a]"),
        Row("  [a b]  ", "1 [a b]"),
        Row("[]", "1 []"),
        Row("[a] k = v", "1 [a]", "1 k=v"),
        Row("[a] ; note\nk=v", "1 [a]", "2 k=v"),
        Row("k = v", "1 k=v"),
        Row("k=v", "1 k=v"),
        Row("\n\n  k\t=\t v w \t\r\nl = 2", "3 k=v w", "4 l=2"),
        Row("k = v ; not a note # either", "1 k=v ; not a note # either"),
        Row("k = 'v'", "1 k='v'"),
        Row("k =", "1 k="),
        Row("k =\nl = 1", "1 k=", "2 l=1"),
        Row("a_b.c-d* = 1", "1 a_b.c-d*=1"),
        Row("* = host=x", "1 *=host=x"),
        Row("'any name' = 1", "1 any name=1"),
        Row("'a=b' = 1", "1 a=b=1"),
        Row("'a\"b' = 1", "1 a\"b=1"),
        Row("\"any name\" = 1", "1 any name=1"),
        Row("\"it's\" = 1", "1 it's=1"),
        Row("k", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("[a]\nk\nl = 1", "1 [a]", "! syntax error in configuration (t.ini:2), stopping loading"),
        Row("k v = 1", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("k: 1", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("[a", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("[a\n]", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("'a = 1", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("'a\n' = 1", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("'' = 1", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("= 1", "1 =1"),
        Row("ü = 1", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("%includex", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("%include", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("k = a\0b", "! syntax error in configuration (t.ini:1), stopping loading"),
        Row("\0", "! syntax error in configuration (t.ini:1), stopping loading"),
    ]

    @Test(arguments: table)
    func cutsAFileIntoItems(_ row: Row) {
        #expect(transcript(of: ["t.ini": row.text]) == row.expected.filter { !$0.isEmpty })
    }

    @Test func anIncludedFileContinuesTheSectionAndLeavesItsOwn() {
        let files = [
            "t.ini": "[a]\n%include  b.ini \t\nk = 1\n", "b.ini": "l = 2\n[c]\n",
        ]
        #expect(transcript(of: files) == ["1 [a]", "1 l=2", "2 [c]", "3 k=1"])
    }

    @Test func aMissingFileIsNamed() {
        #expect(transcript(of: [:]) == ["! could not load file \"t.ini\": No such file or directory"])
    }

    @Test func aFailingIncludeIsReportedAtEveryLevel() {
        let files = ["t.ini": "\n%include a", "a": "\n\n%include b", "b": "k"]
        #expect(
            transcript(of: files) == [
                "! syntax error in configuration (b:1), stopping loading",
                "! error processing include file in configuration (a:3), stopping loading",
                "! error processing include file in configuration (t.ini:2), stopping loading",
            ])
    }

    @Test func tenLevelsOfIncludesAreReadAndElevenAreNot() {
        var files = ["t.ini": "%include 1", "10": "k = v"]
        for level in 1..<10 { files["\(level)"] = "%include \(level + 1)" }
        #expect(transcript(of: files) == ["1 k=v"])

        files["10"] = "%include 11"
        #expect(transcript(of: files).first == "! include nesting level too deep (10:1), stopping loading")
        #expect(transcript(of: files).count == 11)
    }

    @Test func aFileThatIncludesItselfEnds() {
        let said = transcript(of: ["t.ini": "\n%include t.ini"])
        #expect(said.first == "! include nesting level too deep (t.ini:2), stopping loading")
    }

    private func transcript(of files: [String: String]) -> [String] {
        var said: [String] = []
        do throws(ConfigError) {
            try INIParser.parse(path: "t.ini", reading: Files(contents: files).read) { item throws(ConfigError) in
                switch item.content {
                case .section(let name): said.append("\(item.line) [\(name)]")
                case .entry(let key, let value):
                    said.append("\(item.line) \(key)=\(String(decoding: value, as: UTF8.self))")
                }
            }
        } catch {
            said += error.messages.map { "! \($0)" }
        }
        return said
    }
}
