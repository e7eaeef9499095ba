public import PGTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Data: PostgresDecodable, PostgresEncodable {
    /// `bytea`.
    public static var postgresType: PostgresType { .bytea }

    /// Decodes `bytea`.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        if value.format == .binary, value.type.underlying == .bytea {
            self = unsafe value.bytes.withUnsafeBytes { unsafe Data($0) }
            return
        }
        do throws(PostgresDecodingError) {
            self.init(try [UInt8](decoding: value))
        } catch {
            throw value.error(error.code, Self.self)
        }
    }

    /// Appends `bytea`.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if format == .binary, type.underlying == .bytea { return writer.write(contentsOf: self) }
        try [UInt8](self).encode(into: &writer, as: type, in: format)
    }
}
