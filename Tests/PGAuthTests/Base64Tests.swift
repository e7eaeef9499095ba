import PGAuth
import SeededChance
import Testing

@Suite("Base64")
struct Base64Tests {
    /// RFC 4648 section 10, and the two last letters of the alphabet.
    static let table = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("~~~???", "fn5+Pz8/"),
    ]

    @Test(arguments: table)
    func encodesAndDecodes(plain: String, encoded: String) {
        #expect(text(Base64.encode(bytes(plain))) == encoded)
        #expect(Base64.decode(bytes(encoded)) == bytes(plain))
    }

    @Test(arguments: [
        "=", "====", "Z===", "Zg=", "Zg", "Z", "Zm9v=", "Zm=v", "Zg==Zg==", "Zm9 ", "Zm9\n", "Zm9-", "Zm9_", "Zm9é",
    ])
    func refuses(_ input: String) {
        #expect(Base64.decode(bytes(input)) == nil)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func encodingAndDecodingRoundTrips(seed: UInt64) {
        var chance = SplitMix64(seed: seed)
        let plain = (0..<Int(seed)).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
        #expect(Base64.decode(Base64.encode(plain)) == plain)
    }
}
