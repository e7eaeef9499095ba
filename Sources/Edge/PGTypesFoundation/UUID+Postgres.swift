public import PGTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension UUID: PostgresDecodable, PostgresEncodable {
    /// `uuid`.
    public static var postgresType: PostgresType { .uuid }

    /// Decodes `uuid`.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        do throws(PostgresDecodingError) {
            self.init(try PostgresUUID(decoding: value))
        } catch {
            throw value.error(error.code, Self.self)
        }
    }

    /// Appends `uuid`.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) { try PostgresUUID(self).encode(into: &writer, as: type, in: format) }

    /// Creates a UUID with the same bytes.
    public init(_ uuid: PostgresUUID) {
        let h = uuid.high.bigEndianBytes, l = uuid.low.bigEndianBytes
        self.init(
            uuid: (
                h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[7]
            ))
    }
}

extension PostgresUUID {
    /// Creates a UUID with the same bytes.
    public init(_ uuid: UUID) {
        let u = uuid.uuid
        self.init(
            high: UInt64(bigEndianBytes: [u.0, u.1, u.2, u.3, u.4, u.5, u.6, u.7]),
            low: UInt64(bigEndianBytes: [u.8, u.9, u.10, u.11, u.12, u.13, u.14, u.15]))
    }
}

extension UInt64 {
    fileprivate var bigEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> UInt64(56 - 8 * $0)) } }

    fileprivate init(bigEndianBytes bytes: [UInt8]) { self = bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
