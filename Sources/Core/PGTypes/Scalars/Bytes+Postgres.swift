extension PostgresValue {
    /// Reads `bytea`: the bytes themselves, or `\x` and hexadecimal digits.
    @usableFromInline
    func decodeBytes() throws(PostgresDecodingError) -> [UInt8] {
        let type = type.underlying
        guard type == .bytea || format == .text && type.isUnknown else { throw error(.typeMismatch, [UInt8].self) }
        if format == .binary {
            return unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        }
        guard let decoded = ByteaText.read(bytes) else { throw error(.malformed, [UInt8].self) }
        return decoded
    }
}

extension [UInt8] {
    @usableFromInline
    func encodeBytes(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if format == .text { return ByteaText.write(self, to: &writer) }
        guard type == .bytea else { throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self) }
        writer.write(contentsOf: self)
    }
}

/// The text forms of `bytea`: `\x0102` and, with `bytea_output = escape`, `\001\002a`.
///
/// Source: PostgreSQL, datatype-binary.html
enum ByteaText {
    static func read(_ text: RawSpan) -> [UInt8]? {
        var cursor = TextCursor(text), bytes: [UInt8] = []
        if cursor.skip("\\x") {
            bytes.reserveCapacity(text.byteCount / 2)
            while let first = cursor.next() {
                guard let high = digit(first), let low = cursor.next().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            }
            return bytes
        }
        while let byte = cursor.next() {
            if byte != UInt8(ascii: "\\") || cursor.skip(UInt8(ascii: "\\")) {
                bytes.append(byte)
                continue
            }
            var value: UInt16 = 0
            for _ in 0..<3 {
                guard let digit = cursor.next(), (0x30...0x37).contains(digit) else { return nil }
                value = value << 3 | UInt16(digit - 0x30)
            }
            guard let octal = UInt8(exactly: value) else { return nil }
            bytes.append(octal)
        }
        return bytes
    }

    static func write(_ bytes: [UInt8], to writer: inout PostgresWriter) {
        let digits = Array("0123456789abcdef".utf8)
        writer.write("\\x")
        for byte in bytes { writer.write(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]]) }
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        case 0x41...0x46: byte - 0x37
        default: nil
        }
    }
}
