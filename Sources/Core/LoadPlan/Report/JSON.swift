/// A JSON document, written with its members in the given order.
///
/// Source: RFC 8259
package indirect enum JSON: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([(name: String, value: JSON)])

    package static func count(_ value: UInt64) -> JSON { .integer(Int64(clamping: value)) }

    /// The document, indented by two blanks per level; arrays of plain values are on one line.
    package var text: String {
        var text = ""
        write(into: &text, indent: "")
        return text
    }

    private func write(into text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        // JSON cannot represent infinity.
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): Self.write(value, into: &text)
        case .array(let values) where values.allSatisfy(\.isPlain):
            text += "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .array(let values):
            Self.write(values.map { (nil, $0) }, "[", "]", into: &text, indent: indent)
        case .object(let members):
            Self.write(members.map { ($0.name, $0.value) }, "{", "}", into: &text, indent: indent)
        }
    }

    private var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private static func write(
        _ items: [(name: String?, value: JSON)], _ opening: String, _ closing: String, into text: inout String,
        indent: String
    ) {
        guard !items.isEmpty else { return text += opening + closing }
        text += opening
        for (index, item) in items.enumerated() {
            text += index == 0 ? "\n" : ",\n"
            text += indent + "  "
            if let name = item.name {
                write(name, into: &text)
                text += ": "
            }
            item.value.write(into: &text, indent: indent + "  ")
        }
        text += "\n" + indent + closing
    }

    private static func write(_ string: String, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
