import Pooler
import SeededChance
import Testing

@Suite struct LogTextTests {
    private static func safe(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        LogText.makeSafe(&bytes)
        return bytes
    }

    @Test(
        arguments: [
            ("", ""),
            ("login attempt: db=app user=joe", "login attempt: db=app user=joe"),
            ("a\tb", "a\tb"),
            ("one\ntwo\r\u{0}\u{1b}[31m", "one two   [31m"),
            ("rub\u{7f}out", "rub out"),
            // U+0085 is a line end, U+009B begins a command to a terminal.
            ("next\u{85}line \u{9b}31m \u{80}\u{9f}", "next  line   31m     "),
            (
                "Jürgen \u{a0}日本 🐘 \u{7ff}\u{800}\u{ffff}\u{10ffff}",
                "Jürgen \u{a0}日本 🐘 \u{7ff}\u{800}\u{ffff}\u{10ffff}"
            ),
        ])
    func controlCharactersBecomeSpaces(_ text: String, _ expected: String) {
        #expect(String(decoding: Self.safe(Array(text.utf8)), as: UTF8.self) == expected)
    }

    // Stray continuations (raw C1 among them), overlong forms, surrogates, beyond U+10FFFF, torn sequences.
    @Test(
        arguments: [
            ([0x61, 0x85, 0x9b], "a??"), ([0xc0, 0xaf], "??"), ([0xc1, 0xbf], "??"), ([0xe0, 0x9f, 0xbf], "???"),
            ([0xed, 0xa0, 0x80], "???"), ([0xf4, 0x90, 0x80, 0x80], "????"), ([0xff, 0xfe], "??"), ([0xc3], "?"),
            ([0xe2, 0x82], "??"), ([0xf0, 0x9f, 0x90], "???"), ([0xc2, 0x41], "?A"), ([0xe2, 0x82, 0x0a], "?? "),
        ] as [([UInt8], String)])
    func whatIsNotUTF8BecomesQuestionMarks(_ bytes: [UInt8], _ expected: String) {
        #expect(String(decoding: Self.safe(bytes), as: UTF8.self) == expected)
    }

    @Test func anyBytesBecomeOneLineOfUTF8() {
        var chance = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<40, using: &chance)
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
            let safe = Self.safe(bytes)
            #expect(safe.count == bytes.count)
            let text = String(validating: safe, as: UTF8.self)
            #expect(
                text?.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\t" } == false,
                "\(bytes)")
            #expect(Self.safe(safe) == safe)
        }
    }
}
