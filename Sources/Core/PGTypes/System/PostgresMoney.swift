/// An amount of money: PostgreSQL's `money`, an integer count of the smallest unit of `lc_monetary` (usually cents).
///
/// How many of these make a whole unit is a setting of the server and is not sent with the value. The binary form is
/// one `Int64`.
///
/// Source: PostgreSQL, datatype-money.html
public struct PostgresMoney: Hashable, Sendable {
    /// The amount in the smallest unit.
    public var units: Int64

    /// Creates an amount from its number of smallest units.
    @inlinable
    public init(units: Int64) { self.units = units }
}

extension PostgresMoney: Comparable {
    /// Whether the left amount is less.
    @inlinable
    public static func < (left: PostgresMoney, right: PostgresMoney) -> Bool { left.units < right.units }
}

extension PostgresMoney: PostgresScalar {
    /// `money`.
    @inlinable public static var postgresType: PostgresType { .money }

    /// Reads the binary form.
    @inlinable
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(units: try reader.integer())
    }

    /// Appends the binary form.
    @inlinable
    public func write(binary writer: inout PostgresWriter) { writer.write(units) }

    /// Reads `-$1,234.56`, `(1.234,56 €)`: all digits in the text; negative with `-` or in parentheses.
    public init?(_ description: String) {
        let isNegative = description.utf8.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "(") }
        let digits = description.utf8.filter { (0x30...0x39).contains($0) }
        guard let units = Int64((isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)) else { return nil }
        self.init(units: units)
    }

    /// The amount with two digits after a decimal point, without currency or separators: `-1234.56`.
    public var description: String {
        let magnitude = units.magnitude
        return "\(units < 0 ? "-" : "")\(magnitude / 100).\(padded(magnitude % 100, 2))"
    }
}
