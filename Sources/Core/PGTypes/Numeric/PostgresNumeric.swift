/// An exact decimal number, like PostgreSQL's `numeric`: up to 131,072 digits before the decimal point and 16,383 after
/// it.
///
/// Trailing zeros after the point are kept (``scale``) but do not affect comparisons: `1.0 == 1.00`. As in PostgreSQL,
/// NaN equals NaN and is greater than every other value.
///
/// Source: PostgreSQL, datatype-numeric.html#DATATYPE-NUMERIC-DECIMAL
public struct PostgresNumeric: Sendable {
    enum Sign: UInt16 {
        case positive = 0
        case negative = 0x4000
        case nan = 0xC000
        case infinity = 0xD000
        case minusInfinity = 0xF000
    }

    let sign: Sign
    // The value is the sum of digits[i] · 10000^(weight − i). No zeros at either end; empty for 0.
    let weight: Int
    let digits: [UInt16]

    /// The number of digits shown after the decimal point, 0…16383.
    public let scale: Int

    /// Not a number.
    public static let nan = PostgresNumeric(.nan)
    /// Greater than every number. PostgreSQL supports it since version 14.
    public static let infinity = PostgresNumeric(.infinity)
    /// Less than every number.
    public static let minusInfinity = PostgresNumeric(.minusInfinity)

    private init(_ special: Sign) {
        sign = special
        weight = 0
        digits = []
        scale = 0
    }

    /// Drops zeros at both ends; `nil` if digits would be lost or there are too many.
    init?(isNegative: Bool, weight: Int, digits: [UInt16], scale: Int) {
        guard let first = digits.firstIndex(where: { $0 != 0 }), let last = digits.lastIndex(where: { $0 != 0 }) else {
            guard (0...Self.maximumScale).contains(scale) else { return nil }
            (self.sign, self.weight, self.digits, self.scale) = (.positive, 0, [], scale)
            return
        }
        let weight = weight - first
        let lastDigit = digits[last]
        // The number of digits after the point needed to show the last digit.
        var needed = 4 * (last - first - weight)
        if lastDigit % 10 == 0 { needed -= lastDigit % 1000 == 0 ? 3 : lastDigit % 100 == 0 ? 2 : 1 }
        guard weight < Self.maximumWeight, scale <= Self.maximumScale, needed <= scale else { return nil }
        self.sign = isNegative ? .negative : .positive
        self.weight = weight
        self.digits = Array(digits[first...last])
        self.scale = scale
    }

    static let maximumScale = 0x3FFF
    static let maximumWeight = 0x8000

    /// Whether the value is neither infinite nor NaN.
    public var isFinite: Bool { sign == .positive || sign == .negative }
    /// Whether the value is not a number.
    public var isNaN: Bool { sign == .nan }
    /// Whether the value is less than 0.
    public var isNegative: Bool { sign == .negative || sign == .minusInfinity }
    /// Whether the value is 0.
    public var isZero: Bool { isFinite && digits.isEmpty }
}

extension PostgresNumeric: Comparable {
    /// Whether the numbers are equal, regardless of trailing zeros.
    public static func == (left: PostgresNumeric, right: PostgresNumeric) -> Bool {
        left.sign == right.sign && left.weight == right.weight && left.digits == right.digits
    }

    /// PostgreSQL's order: −∞, numbers, ∞, NaN.
    public static func < (left: PostgresNumeric, right: PostgresNumeric) -> Bool {
        guard left.rank == right.rank else { return left.rank < right.rank }
        switch left.sign {
        case .positive: return isLess(left, right)
        case .negative: return isLess(right, left)
        default: return false
        }
    }

    private var rank: Int {
        switch sign {
        case .minusInfinity: 0
        case .negative: 1
        case .positive: 2
        case .infinity: 3
        case .nan: 4
        }
    }

    private static func isLess(_ left: PostgresNumeric, _ right: PostgresNumeric) -> Bool {
        if left.digits.isEmpty || right.digits.isEmpty { return left.digits.isEmpty && !right.digits.isEmpty }
        if left.weight != right.weight { return left.weight < right.weight }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}

extension PostgresNumeric: Hashable {
    /// Hashes the number, without its scale.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(sign)
        hasher.combine(weight)
        hasher.combine(digits)
    }
}
