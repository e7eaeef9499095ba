/// A universally unique identifier: PostgreSQL's `uuid`. The binary form is its sixteen bytes.
///
/// Source: RFC 9562
public struct PostgresUUID: Hashable, Sendable {
    /// The first eight bytes, as one number.
    public let high: UInt64
    /// The last eight bytes, as one number.
    public let low: UInt64

    /// Creates a UUID from its two halves.
    @inlinable
    public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// Returns a random UUID, version 4.
    public static func random() -> PostgresUUID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// Returns a random UUID, version 4.
    public static func random(using generator: inout some RandomNumberGenerator) -> PostgresUUID {
        PostgresUUID(
            high: generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}

extension PostgresUUID: Comparable {
    /// Compares the bytes in order, as PostgreSQL does.
    @inlinable
    public static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension PostgresUUID: PostgresScalar {
    /// `uuid`.
    @inlinable public static var postgresType: PostgresType { .uuid }

    /// Reads the binary form.
    @inlinable
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(high: try reader.integer(), low: try reader.integer())
    }

    /// Appends the binary form.
    @inlinable
    public func write(binary writer: inout PostgresWriter) {
        writer.write(high)
        writer.write(low)
    }

    /// Reads 32 hexadecimal digits, in groups of 8, 4, 4, 4 and 12 separated by hyphens.
    public init?(_ description: String) {
        var high: UInt64 = 0, low: UInt64 = 0, index = 0
        for byte in description.utf8 {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = ByteaText.digit(byte) else { return nil }
                (high, low) = (high << 4 | low >> 60, low << 4 | UInt64(digit))
            }
            index += 1
        }
        guard index == 36 else { return nil }
        self.init(high: high, low: low)
    }

    /// As PostgreSQL writes it: `a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11`.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for place in 0..<32 {
            if place == 8 || place == 12 || place == 16 || place == 20 { text.append(UInt8(ascii: "-")) }
            let half = place < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (place % 16))) & 15
            text.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
