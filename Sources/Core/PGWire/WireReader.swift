/// Reads the fields of one message body sequentially, never past its end.
///
/// For the messages that the pooler decodes (start-up, authentication, errors, parameters); forwarded traffic is only
/// scanned, see ``MessageScanner``.
package struct WireReader: Sendable {
    private let bytes: [UInt8]
    private var position: Int

    package init(_ body: [UInt8]) {
        bytes = body
        position = 0
    }

    package var remaining: Int { bytes.count - position }
    package var isAtEnd: Bool { remaining == 0 }

    package mutating func byte() throws(WireError) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func int16() throws(WireError) -> Int16 {
        guard remaining >= 2 else { throw .truncated }
        defer { position += 2 }
        return Int16(bitPattern: UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1]))
    }

    package mutating func int32() throws(WireError) -> Int32 {
        guard remaining >= 4 else { throw .truncated }
        var value: UInt32 = 0
        for index in position..<(position + 4) { value = value << 8 | UInt32(bytes[index]) }
        position += 4
        return Int32(bitPattern: value)
    }

    package mutating func bytes(_ count: Int) throws(WireError) -> [UInt8] {
        guard count >= 0, remaining >= count else { throw .truncated }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    package mutating func rest() -> [UInt8] {
        defer { position = bytes.count }
        return Array(bytes[position...])
    }

    /// The bytes up to the next zero byte, which is consumed but not returned.
    package mutating func cStringBytes() throws(WireError) -> [UInt8] {
        Array(bytes[try cStringRange()])
    }

    private mutating func cStringRange() throws(WireError) -> Range<Int> {
        guard let end = bytes[position...].firstIndex(of: 0) else { throw .unterminatedString }
        defer { position = end + 1 }
        return position..<end
    }

    /// Reads a C string that must be valid UTF-8.
    ///
    /// Invalid sequences are not repaired: two different byte sequences must never become the same name.
    package mutating func cString() throws(WireError) -> String {
        let range = try cStringRange()
        guard let text = try? UTF8Span(validating: bytes.span.extracting(range)) else { throw .invalidUTF8 }
        return String(copying: text)
    }
}
