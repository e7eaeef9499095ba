extension PostgresNumeric: ExpressibleByIntegerLiteral {
    /// Creates a number from an integer.
    public init(integerLiteral value: Int64) { self.init(value) }

    /// Creates a number from an integer.
    public init(_ value: some FixedWidthInteger) {
        // Wider integers may have more digits than the fast path handles.
        if value.bitWidth <= 64 {
            self.init(WholeNumber(value))
        } else {
            self = PostgresNumeric(String(value)) ?? .nan
        }
    }

    init(_ value: WholeNumber) {
        var digits: [UInt16] = [], rest = value.magnitude
        while rest > 0 {
            digits.append(UInt16(rest % 10_000))
            rest /= 10_000
        }
        digits.reverse()
        let last = (digits.lastIndex { $0 != 0 } ?? -1) + 1
        sign = value.isNegative ? .negative : .positive
        weight = max(digits.count - 1, 0)
        self.digits = Array(digits[..<last])
        scale = 0
    }

    /// The number as an integer, if it has no fraction and fits in 64 bits.
    var whole: WholeNumber? {
        guard isFinite else { return nil }
        if digits.isEmpty { return WholeNumber(isNegative: false, magnitude: 0) }
        guard (0...4).contains(weight), digits.count <= weight + 1 else { return nil }
        var magnitude: UInt64 = 0
        for index in 0...weight {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10_000)
            let (sum, carry) = product.addingReportingOverflow(index < digits.count ? UInt64(digits[index]) : 0)
            guard !overflow, !carry else { return nil }
            magnitude = sum
        }
        return WholeNumber(isNegative: sign == .negative, magnitude: magnitude)
    }
}

extension FixedWidthInteger {
    /// Creates the integer; `nil` if the number has a fraction or does not fit.
    public init?(exactly numeric: PostgresNumeric) {
        guard let value = numeric.whole?.exactly(Self.self) else { return nil }
        self = value
    }
}

extension Double {
    /// Creates the nearest number; `infinity` beyond the greatest.
    public init(_ numeric: PostgresNumeric) {
        // The text forms of the values that are not finite are the same.
        self = Double(postgres: numeric.description) ?? .nan
    }
}
