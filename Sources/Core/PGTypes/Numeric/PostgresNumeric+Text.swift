extension PostgresNumeric: LosslessStringConvertible {
    /// Reads `-12.50`, `1e20`, `NaN`, `Infinity`; `nil` if it is not a number or has too many digits.
    public init?(_ description: String) {
        switch description {
        case "NaN": self = .nan
        case "Infinity": self = .infinity
        case "-Infinity": self = .minusInfinity
        default:
            guard let numeric = description.scanned({ Self(scanning: &$0) }) else { return nil }
            self = numeric
        }
    }

    private init?(scanning cursor: inout TextCursor) {
        let isNegative = cursor.skip(UInt8(ascii: "-"))
        if !isNegative { _ = cursor.skip(UInt8(ascii: "+")) }
        var decimals = cursor.bytes(while: Self.isDigit)
        var point = decimals.count
        if cursor.skip(UInt8(ascii: ".")) { decimals += cursor.bytes(while: Self.isDigit) }
        guard !decimals.isEmpty else { return nil }
        var scale = decimals.count - point
        if cursor.skip(UInt8(ascii: "e")) || cursor.skip(UInt8(ascii: "E")) {
            guard let exponent = cursor.signed(), abs(exponent) <= 1_000_000 else { return nil }
            point += Int(exponent)
            scale = max(0, scale - Int(exponent))
        }
        // The number of leading zeros that puts the point between two groups of four digits.
        let padding = ((-point % 4) + 4) % 4
        let groups = (padding + decimals.count + 3) / 4
        var digits: [UInt16] = []
        digits.reserveCapacity(groups)
        for group in 0..<groups {
            var digit: UInt16 = 0
            for place in (4 * group - padding)..<(4 * group - padding + 4) {
                digit = digit * 10 + (decimals.indices.contains(place) ? UInt16(decimals[place] - 0x30) : 0)
            }
            digits.append(digit)
        }
        self.init(isNegative: isNegative, weight: (point + padding) / 4 - 1, digits: digits, scale: scale)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// As PostgreSQL writes it: without an exponent, with ``scale`` digits after the decimal point.
    ///
    /// - Complexity: O(number of digits shown), at most 147,456.
    public var description: String {
        switch sign {
        case .nan: return "NaN"
        case .infinity: return "Infinity"
        case .minusInfinity: return "-Infinity"
        case .positive, .negative: break
        }
        var text: [UInt8] = sign == .negative ? [UInt8(ascii: "-")] : []
        if weight < 0 || digits.isEmpty {
            text.append(UInt8(ascii: "0"))
        } else {
            for index in 0...weight { Self.append(digit(at: index), to: &text, isFirst: index == 0) }
        }
        if scale > 0 {
            text.append(UInt8(ascii: "."))
            let end = text.count + scale
            var index = digits.isEmpty ? 0 : weight + 1
            while text.count < end {
                Self.append(digit(at: index), to: &text, isFirst: false)
                index += 1
            }
            text.removeLast(text.count - end)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func digit(at index: Int) -> UInt16 { digits.indices.contains(index) ? digits[index] : 0 }

    private static func append(_ digit: UInt16, to text: inout [UInt8], isFirst: Bool) {
        var isLeading = isFirst
        for divisor in [1000, 100, 10, 1] as [UInt16] {
            let decimal = digit / divisor % 10
            if isLeading && decimal == 0 && divisor != 1 { continue }
            isLeading = false
            text.append(UInt8(0x30 + decimal))
        }
    }
}
