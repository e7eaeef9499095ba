/// The argument of KILL_CLIENT.
enum ClientNumber {
    /// Reads decimal digits after blanks and a sign, and takes no notice of what follows them, as `sscanf` does.
    ///
    /// A number too large for 64 bits is read as the largest, a negative one for its two's complement; neither is any
    /// client's.
    static func read(_ text: String) -> UInt64? {
        var rest = text.utf8.drop { $0 == 0x20 || 0x09...0x0D ~= $0 }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }

        let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard !digits.isEmpty else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { return .max }
            value = sum
        }
        return isNegative ? 0 &- value : value
    }
}
