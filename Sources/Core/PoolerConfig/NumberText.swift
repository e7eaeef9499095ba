// Numbers as C reads and prints them, because that is what PgBouncer's files and console hold.

extension Int {
    /// Reads a whole number as `strtol` does with base 0: decimal, `0x` hexadecimal, or octal with a leading 0.
    ///
    /// A number that does not fit becomes `Int.max` or `Int.min`; `nil` when the whole text is not one number.
    package init?(cLiteral text: String) {
        var digits = Array(text.utf8)[...].drop(while: \.isSpace)
        var isNegative = false
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            digits = digits.dropFirst()
        }
        var radix = 10
        if digits.first == UInt8(ascii: "0"), digits.count > 1 {
            radix = 8
            digits = digits.dropFirst()
            if let mark = digits.first, mark | 0x20 == UInt8(ascii: "x") {
                radix = 16
                digits = digits.dropFirst()
            }
        }
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard let number = Self.value(ofDigit: digit), number < radix else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: radix)
            let (sum, isCarried) = product.addingReportingOverflow(isNegative ? -number : number)
            value = isTooLarge || isCarried ? (isNegative ? .min : .max) : sum
        }
        self = value
    }

    private static func value(ofDigit byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}

extension Duration {
    /// Reads seconds with an optional fraction, rounded to a microsecond; `nil` when that is no number or negative.
    ///
    /// PgBouncer counts microseconds in 64 bits: more than fit, `inf` included, are 0 there, and `nan` is 2⁶³.
    package init?(settingSeconds text: String) {
        guard let seconds = Double(text), !(seconds < 0) else { return nil }
        if seconds.isNaN {
            self.init(unsignedMicroseconds: 1 << 63)
        } else if seconds.isInfinite {
            // A literal beyond the range of a double is an error; the word is not.
            guard !text.utf8.contains(where: \.isDigit) else { return nil }
            self = .zero
        } else {
            self.init(unsignedMicroseconds: UInt64(exactly: (seconds * 1e6).rounded()) ?? 0)
        }
    }

    /// Whole seconds as PgBouncer keeps those of an entry: microseconds in 64 bits without a sign, so that a negative
    /// number is a time that never comes.
    init(wrappingSeconds seconds: Int) {
        self.init(unsignedMicroseconds: UInt64(truncatingIfNeeded: seconds) &* 1_000_000)
    }

    private init(unsignedMicroseconds: UInt64) {
        let (seconds, rest) = unsignedMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
        self.init(secondsComponent: Int64(seconds), attosecondsComponent: Int64(rest) * 1_000_000_000_000)
    }

    /// The duration in whole microseconds.
    var settingMicroseconds: Int128 {
        let (seconds, attoseconds) = components
        return Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000)
    }

    /// The duration in seconds as `printf("%g")` prints it: six significant digits, `1e+06` from a million on.
    package var settingSeconds: String {
        let microseconds = settingMicroseconds
        guard microseconds > 0 else { return "0" }
        var digits = Array(String(microseconds).utf8).map { Int($0 - UInt8(ascii: "0")) }
        var exponent = digits.count - 7
        if digits.count > 6 {
            let roundsUp = digits[6] >= 5
            digits = Array(digits[..<6])
            if roundsUp {
                var carry = true
                for place in digits.indices.reversed() where carry {
                    carry = digits[place] == 9
                    digits[place] = carry ? 0 : digits[place] + 1
                }
                if carry {
                    digits.insert(1, at: 0)
                    exponent += 1
                }
            }
        }
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        return Self.text(digits: digits.map(String.init), exponent: exponent)
    }

    /// Places the point: the first of `digits` stands for 10^`exponent`.
    private static func text(digits: [String], exponent: Int) -> String {
        let all = digits.joined()
        if exponent < -4 || exponent >= 6 {
            let fraction = digits.count > 1 ? "." + digits.dropFirst().joined() : ""
            let magnitude = abs(exponent)
            return "\(digits[0])\(fraction)e\(exponent < 0 ? "-" : "+")\(magnitude < 10 ? "0" : "")\(magnitude)"
        }
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + all }
        let whole = exponent + 1
        if digits.count <= whole { return all + String(repeating: "0", count: whole - digits.count) }
        return digits[..<whole].joined() + "." + digits[whole...].joined()
    }
}

extension Int {
    /// Reads the decimal number at the start of `bytes` as `atoi` does: 0 when there is none.
    ///
    /// A number too large for an `Int` becomes `Int.max` or `Int.min`.
    ///
    /// - Returns: the value, and whether the whole text was that number.
    package static func readingPrefix(_ bytes: [UInt8]) -> (value: Int, isWhole: Bool) {
        var rest = bytes[...].drop(while: \.isSpace)
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        let digits = rest.prefix(while: \.isDigit)
        let isWhole = !digits.isEmpty && digits.count == rest.count
        guard !digits.isEmpty else { return (0, false) }
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
            return (isNegative ? .min : .max, isWhole)
        }
        return (isNegative ? -value : value, isWhole)
    }
}
