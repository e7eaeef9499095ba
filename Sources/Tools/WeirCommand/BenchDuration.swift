import ArgumentParser

/// A duration on the command line: `30s`, `500ms`, `10us`, `2m`, `1h`, or a number of seconds; fractions are allowed.
struct BenchDuration: ExpressibleByArgument {
    let value: Duration

    private static let units: [(name: String, seconds: Double)] = [
        ("ms", 1e-3), ("us", 1e-6), ("s", 1), ("m", 60), ("min", 60), ("h", 3600),
    ]
    /// The maximum, a year: longer than any run, and nothing overflows.
    private static let longest = 31_536_000.0

    init?(argument: String) {
        let number = argument.prefix { $0.isNumber || $0 == "." }
        let unit = argument.dropFirst(number.count)
        let scale = unit.isEmpty ? 1 : Self.units.first { $0.name == unit }?.seconds
        guard let scale, let amount = Double(number), amount * scale <= Self.longest else { return nil }
        value = .seconds(amount * scale)
    }
}
