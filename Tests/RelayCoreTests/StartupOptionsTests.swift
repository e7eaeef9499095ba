import RelayCore
import SeededChance
import Testing

@Suite struct StartupOptionsTests {
    // As PostgreSQL splits `options`: blanks separate, a backslash takes the next byte as it is.
    @Test(
        arguments: [
            ("", []),
            (" \t\n\u{b}\u{c}\r ", []),
            ("-c a=b", ["a", "b"]),
            ("-ca=b", ["a", "b"]),
            ("--a=b", ["a", "b"]),
            ("  -c   a=b\t--c=d -ce=f ", ["a", "b", "c", "d", "e", "f"]),
            ("-c a=", ["a", ""]),
            ("-c a=b=c", ["a", "b=c"]),
            ("-c search_path=a,\\ b", ["search_path", "a, b"]),
            ("-c a=\\\\", ["a", "\\"]),
            ("-c a=b\\", ["a", "b"]),
            ("-c a=\\-c", ["a", "-c"]),
            ("-c a=b -c a=c", ["a", "b", "a", "c"]),
            ("-c DateStyle=ISO\\,\\ MDY --x.y='q'", ["DateStyle", "ISO, MDY", "x.y", "'q'"]),
        ] as [(String, [String])])
    func theThreeFormsAreRead(_ options: String, _ expected: [String]) throws {
        let settings = try StartupOptions.parse(Array(options.utf8))
        #expect(settings.flatMap { [$0.name, String(decoding: $0.value, as: UTF8.self)] } == expected)
    }

    @Test(arguments: [
        "-c", "-c ", "--", "-c a", "--a", "-c =b", "--=b", "-", "-d a=b", "a=b", "c a=b", "-c a=b c", "-- a=b",
        "-C a=b",
        "-c a=b -B 1", "\\-c a=b",
    ])
    func anythingElseIsRefused(_ options: String) {
        #expect(throws: StartupOptions.Failure.unsupportedForm) { try StartupOptions.parse(Array(options.utf8)) }
    }

    @Test func aNameThatIsNotUTF8IsRefusedAndAValueIsNot() throws {
        #expect(throws: StartupOptions.Failure.unsupportedForm) {
            try StartupOptions.parse([0x2d, 0x63, 0xff, 0x3d, 0x61])
        }
        #expect(try StartupOptions.parse([0x2d, 0x63, 0x61, 0x3d, 0xff]).map(\.value) == [[0xff]])
    }

    @Test func garbageNeverTraps() {
        var random = SplitMix64(seed: 3)
        var parsed = 0
        for _ in 0..<5_000 {
            var options: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                options.append(Array("--c  =\\a\u{7f}\0".utf8).randomElement(using: &random) ?? 0)
            }
            if (try? StartupOptions.parse(options)) != nil { parsed += 1 }
        }
        #expect(parsed > 100 && parsed < 5_000)
    }
}
