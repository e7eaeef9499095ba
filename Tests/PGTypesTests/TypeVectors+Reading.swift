import PGTypes

/// One row of the table: a value as sent by PostgreSQL 15 and 18.
struct TypeVector: Sendable, CustomStringConvertible {
    let name: String
    let type: PostgresType
    let text: [UInt8]
    let binary: [UInt8]

    var description: String { "\(name) \(String(decoding: text, as: UTF8.self))" }

    static let catalog: PostgresTypeCatalog = {
        var catalog = PostgresTypeCatalog()
        catalog.learn(
            lines(typeCatalogTable).map { fields in
                var entry = PostgresTypeCatalog.Entry(oid: UInt32(fields[0]) ?? 0, name: fields[1], kind: fields[2])
                entry.element = UInt32(fields[3]) ?? 0
                entry.base = UInt32(fields[4]) ?? 0
                entry.related = UInt32(fields[5]) ?? 0
                entry.labels = fields[6].isEmpty ? [] : fields[6].split(separator: "|").map(String.init)
                entry.fields = fields[7].split(separator: "|").map { field in
                    let parts = field.split(separator: ":")
                    return (String(parts[0]), UInt32(parts[1]) ?? 0)
                }
                return entry
            })
        return catalog
    }()

    static let all: [TypeVector] = lines(typeVectorTable).map { fields in
        TypeVector(
            name: fields[0], type: catalog[UInt32(fields[1]) ?? 0], text: unescaped(fields[2]), binary: bytes(fields[3])
        )
    }

    static func type(_ name: String) -> PostgresType {
        all.first { $0.name == name }?.type ?? .unspecified
    }

    private static func lines(_ table: String) -> [[String]] {
        table.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private static func unescaped(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [], isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                bytes.append(byte == UInt8(ascii: "t") ? 9 : byte == UInt8(ascii: "n") ? 10 : byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}

/// Bytes from hexadecimal digits.
func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Decodes a value from an array of bytes.
func decode<T: PostgresDecodable>(
    _ bytes: [UInt8], as type: PostgresType, _ format: PostgresFormat, _: T.Type = T.self
) throws(PostgresDecodingError) -> T {
    try T(decoding: PostgresValue(unsafe bytes.span.bytes, type: type, format: format))
}

/// Encodes one value.
func encode<T: PostgresEncodable>(
    _ value: T, as type: PostgresType, _ format: PostgresFormat
) throws(PostgresEncodingError) -> [UInt8] {
    var writer = PostgresWriter()
    try value.encode(into: &writer, as: type, in: format)
    return writer.bytes
}

/// A generator determined by a seed.
///
/// Source: Sebastiano Vigna, splitmix64.c
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
