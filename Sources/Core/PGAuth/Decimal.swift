/// Parses unsigned decimal numbers of at most ten digits.
enum Decimal {
    /// The number; `nil` if there is no digit, anything except digits, or more than ten digits.
    static func parse(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 10 else { return nil }
        var number = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
