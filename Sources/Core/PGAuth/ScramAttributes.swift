/// Reads the attributes of one SCRAM message sequentially: `r=abc,s=xyz,…`
///
/// Source: RFC 5802 section 5.1
struct ScramAttributes {
    private let message: ScramMessage
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>, of message: ScramMessage) throws(ScramError) {
        guard bytes.count <= ScramMessage.maximumByteCount else { throw .messageTooLong }
        guard !bytes.contains(0) else { throw .malformed(message, .zeroByte) }
        self.message = message
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }
    /// The start of the next attribute, as an index into the message.
    var position: Int { rest.startIndex }
    /// The next attribute's first byte.
    var next: UInt8? { rest.first }

    /// The value of the next attribute, which must have this name.
    mutating func value(of name: Character) throws(ScramError) -> ArraySlice<UInt8> {
        guard let next, name.asciiValue == next, rest.dropFirst().first == UInt8(ascii: "=") else {
            throw .malformed(message, .attributeExpected(name))
        }
        return takeValue()
    }

    /// Reads the next attribute, regardless of its name.
    mutating func any() throws(ScramError) -> (name: UInt8, value: ArraySlice<UInt8>) {
        guard let name = next, Self.isLetter(name), rest.dropFirst().first == UInt8(ascii: "=") else {
            throw .malformed(message, .noAttribute)
        }
        return (name, takeValue())
    }

    /// Reads and decodes the base64 value of the next attribute.
    mutating func base64(_ name: Character) throws(ScramError) -> [UInt8] {
        guard let bytes = Base64.decode(try value(of: name)) else { throw .malformed(message, .base64) }
        return bytes
    }

    func end() throws(ScramError) {
        guard isAtEnd else { throw .malformed(message, .garbageAtEnd) }
    }

    private mutating func takeValue() -> ArraySlice<UInt8> {
        rest = rest.dropFirst(2)
        let value = rest.prefix { $0 != UInt8(ascii: ",") }
        rest = rest[value.endIndex...].dropFirst()
        return value
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
    }
}
