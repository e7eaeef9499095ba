public import PGTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A decimal number of up to 38 digits, as `numeric`; `PostgresNumeric` represents all values.
extension Decimal: PostgresDecodable, PostgresEncodable {
    /// `numeric`.
    public static var postgresType: PostgresType { .numeric }

    /// Decodes `numeric` and integers.
    ///
    /// - Throws: `outOfRange` if digits would be lost, `notFinite` for the infinities.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let numeric: PostgresNumeric
        do throws(PostgresDecodingError) {
            numeric = try PostgresNumeric(decoding: value)
        } catch {
            throw value.error(error.code, Self.self)
        }
        if numeric.isNaN {
            self = .nan
            return
        }
        guard numeric.isFinite else { throw value.error(.notFinite, Self.self) }
        // Decimal rounds numbers with too many digits, so the result is compared with the original.
        let text = numeric.description
        guard text.utf8.count < 400, let decimal = Decimal(string: text),
            PostgresNumeric(decimal.description) == numeric
        else {
            throw value.error(.outOfRange, Self.self)
        }
        self = decimal
    }

    /// Appends `numeric`.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        guard let numeric = isNaN ? .nan : PostgresNumeric(description) else {
            throw PostgresEncodingError(.outOfRange, type: type, source: Self.self)
        }
        try numeric.encode(into: &writer, as: type, in: format)
    }
}
