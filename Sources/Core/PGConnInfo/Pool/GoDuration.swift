/// Parses durations in Go's notation, which pgx's keys use: `300ms`, `1.5h`, `2h45m`.
///
/// Source: the documentation of Go's `time.ParseDuration`.
enum GoDuration {
    /// The duration; `nil` if the text is not a duration, is negative, or exceeds Go's 292 years.
    static func parse(_ text: String) -> Duration? {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual("0".utf8) { return .zero }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = nextPart(&rest) else { return nil }
            let (sum, overflows) = total.addingReportingOverflow(part)
            guard !overflows else { return nil }
            total = sum
        }
        return .nanoseconds(total)
    }

    /// Reads a number, with or without a fraction, and its unit; in nanoseconds.
    private static func nextPart(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count + 1)
        }
        let unit = rest.prefix { !isDigit($0) && $0 != UInt8(ascii: ".") }
        rest = rest.dropFirst(unit.count)
        guard !whole.isEmpty || !fraction.isEmpty,
            let scale = units.first(where: { $0.name.utf8.elementsEqual(unit) })?.nanoseconds,
            let number = whole.isEmpty ? 0 : Int64(String(decoding: whole, as: UTF8.self))
        else { return nil }
        let (product, overflows) = number.multipliedReportingOverflow(by: scale)
        // As in Go, digits after the eighteenth are ignored.
        let part = Double("0." + String(decoding: fraction.prefix(18), as: UTF8.self) + "0") ?? 0
        let (sum, overflowsToo) = product.addingReportingOverflow(Int64(part * Double(scale)))
        return overflows || overflowsToo ? nil : sum
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
}
