/// Formats numbers for the tables.
enum Text {
    /// `12345678` as `12,345,678`.
    static func count(_ value: UInt64) -> String { grouped(String(value)) }

    /// The value with that many digits after the decimal point.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "-" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        // Digits beyond 2⁶² are not significant.
        let scaled = min((value.magnitude * scale).rounded(), 0x1p62)
        var digits = String(Int64(scaled))
        while digits.utf8.count <= decimals { digits = "0" + digits }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + grouped(digits) }
        return sign + grouped(String(digits.dropLast(decimals))) + "." + String(digits.suffix(decimals))
    }

    /// Nanoseconds as milliseconds, with microsecond precision.
    static func milliseconds(_ nanoseconds: Double) -> String { fixed(nanoseconds / 1e6, 3) }

    /// A rate per second: with two decimals while it is small.
    static func rate(_ value: Double) -> String { fixed(value, value < 100 ? 2 : value < 10_000 ? 1 : 0) }

    static func percent(_ share: Double) -> String { fixed(share * 100, 0) + " %" }

    static func seconds(_ duration: Duration) -> String { fixed(duration / .seconds(1), 1) }

    /// `B`, `kB`, `MB`, `GB`.
    static func bytes(_ value: UInt64) -> String {
        let units: [(size: Double, name: String)] = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
        for unit in units where Double(value) >= unit.size {
            return fixed(Double(value) / unit.size, 1) + " " + unit.name
        }
        return "\(value) B"
    }

    /// Wraps text in lines of at most 100 columns.
    static func wrapped(_ text: String) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if !line.isEmpty, line.count + 1 + word.count > 100 {
                lines.append(String(word))
            } else {
                lines[lines.count - 1] = line.isEmpty ? String(word) : "\(line) \(word)"
            }
        }
        return lines
    }

    private static func grouped(_ digits: String) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }
}

/// A table with the first column left-aligned, the others right-aligned, and two blanks between them.
struct TextTable {
    private var rows: [[String]] = []

    mutating func add(_ cells: [String]) { rows.append(cells) }

    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                if column > 0 { line += "  " }
                line += column == 0 ? cell + blanks : blanks + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
