/// Decodes percent-encoding in URIs (`%41` is `A`) as libpq 18 does.
enum PercentCoding {
    /// Trims spaces at both ends and decodes the rest.
    ///
    /// libpq 17 and older kept these spaces, and inner ones too; libpq 18 rejects inner spaces.
    ///
    /// - Parameters:
    ///   - offset: the offset of the value, for the error.
    ///   - isSecret: whether to keep the value out of the error.
    static func decode(
        _ encoded: ArraySlice<UInt8>, offset: Int, isSecret: Bool = false
    ) throws(ConnInfoError) -> [UInt8] {
        let shown = { isSecret ? Redaction.mask : String(decoding: encoded, as: UTF8.self) }
        let space = UInt8(ascii: " ")
        var rest = encoded.drop { $0 == space }
        var decoded: [UInt8] = []
        while let byte = rest.first, byte != space {
            rest.removeFirst()
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                throw .invalidPercentEncoding(shown(), offset: offset)
            }
            guard high << 4 | low != 0 else { throw .forbiddenZero(shown(), offset: offset) }
            decoded.append(high << 4 | low)
        }
        guard rest.allSatisfy({ $0 == space }) else { throw .unexpectedSpaces(shown(), offset: offset) }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
