/// `%41` for `A`, as libpq 18 decodes it in URIs.
enum PercentCoding {
    /// Trims spaces at both ends and decodes what is between.
    ///
    /// libpq 17 and older kept such spaces, and inner ones, too; 18 refuses those.
    ///
    /// - Parameters:
    ///   - offset: where the value begins, for the error.
    ///   - isSecret: keeps the value out of the error.
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
