import PGTypes
import Testing

/// A composite type of the vectors.
typealias Pair = PostgresTuple<Int32?, String?>
typealias Nested = PostgresTuple<Int64?, Pair?, Mood?, Int32?, [String?]?>

enum Mood: String, PostgresCodable, CaseIterable {
    case sad, ok
    case veryHappy = "very happy"
    case soSo = "it's \"so\" so, \\"
}

/// The Swift type for each PostgreSQL type.
func swiftType(for type: PostgresType) -> (any PostgresCodable.Type)? {
    func array<E: PostgresCodable>(_: E.Type) -> any PostgresCodable.Type { PostgresArray<E?>.self }
    func range<E: PostgresCodable>(_: E.Type) -> any PostgresCodable.Type { PostgresRange<E>.self }
    func multirange<E: PostgresCodable>(_: E.Type) -> any PostgresCodable.Type { PostgresMultirange<E>.self }
    switch type.kind {
    case .array(let part), .range(let part), .multirange(let part):
        guard let swift = swiftType(for: type.bound ?? part) else { return nil }
        if type.bound == nil { return array(swift) }
        return type.element == nil && part == type.bound ? range(swift) : multirange(swift)
    case .enum: return Mood.self
    case .domain(let base): return swiftType(for: base)
    case .composite(let fields): return fields.count == 2 ? Pair.self : Nested.self
    case .record, .unknown: return nil
    case .base: break
    }
    switch type {
    case .bool: return Bool.self
    case .int2: return Int16.self
    case .int4: return Int32.self
    case .int8: return Int.self
    case .oid, .xid, .cid, .regtype, .regclass: return UInt32.self
    case .xid8: return UInt64.self
    case .quotedChar: return UInt8.self
    case .float4: return Float.self
    case .float8: return Double.self
    case .numeric: return PostgresNumeric.self
    case .money: return PostgresMoney.self
    case .bytea: return [UInt8].self
    case .uuid: return PostgresUUID.self
    case .date: return PostgresDate.self
    case .timestamp: return PostgresTimestamp.self
    case .timestamptz: return PostgresTimestampTZ.self
    case .time: return PostgresTime.self
    case .timetz: return PostgresTimeTZ.self
    case .interval: return PostgresInterval.self
    case .inet: return PostgresInet.self
    case .cidr: return PostgresCIDR.self
    case .macaddr: return PostgresMACAddress.self
    case .macaddr8: return PostgresMACAddress8.self
    case .bit, .varbit: return PostgresBitString.self
    case .point: return PostgresPoint.self
    case .line: return PostgresLine.self
    case .lseg: return PostgresLineSegment.self
    case .box: return PostgresBox.self
    case .path: return PostgresPath.self
    case .polygon: return PostgresPolygon.self
    case .circle: return PostgresCircle.self
    case .tsvector: return PostgresTSVector.self
    case .tsquery: return PostgresTSQuery.self
    case .pgLSN: return PostgresLSN.self
    case .tid: return PostgresTID.self
    case .pgSnapshot, .txidSnapshot: return PostgresSnapshot.self
    case .json, .jsonb: return PostgresRawJSON.self
    default: return type.name == "hstore" ? PostgresHStore.self : String.self
    }
}

@Suite("Values of every type, as sent by PostgreSQL 15 and 18")
struct VectorTests {
    /// Whether a value with bytes missing or added is still valid: text of any length is.
    static func isAnyLength(_ type: PostgresType) -> Bool {
        if case .base = type.kind, let swift = swiftType(for: type) {
            return swift == String.self || swift == [UInt8].self || swift == PostgresRawJSON.self
        }
        return false
    }

    /// Whether PostgreSQL's text is expected. It differs where it depends on settings, or has other names for the same
    /// number.
    static func isWrittenAlike(_ vector: TypeVector) -> Bool {
        let leaf = vector.type.element ?? vector.type.bound ?? vector.type
        let numbers: [PostgresType] = [
            .float4, .float8, .point, .line, .lseg, .box, .path, .polygon, .circle, .money, .regtype, .regclass,
            .quotedChar,
        ]
        return !numbers.contains(leaf) && leaf.name != "hstore"
    }

    static let decodable = TypeVector.all.filter { swiftType(for: $0.type) != nil }

    @Test(arguments: decodable)
    func readAndWriteTheSameBytesInBinary(_ vector: TypeVector) throws {
        func check<T: PostgresCodable>(_: T.Type) throws {
            let value: T = try decode(vector.binary, as: vector.type, .binary)
            #expect(try encode(value, as: vector.type, .binary) == vector.binary)
            #expect(
                T.postgresFormat(for: vector.type) == (vector.type.preferredFormat == .binary ? .binary : .text)
                    || T.self == String.self)
        }
        let swift = swiftType(for: vector.type) ?? String.self
        try check(swift)
    }

    @Test(arguments: decodable.filter { ![.regtype, .regclass].contains($0.type) })
    func areTheSameValueInText(_ vector: TypeVector) throws {
        func check<T: PostgresCodable>(_: T.Type) throws {
            let value: T = try decode(vector.text, as: vector.type, .text)
            // The values are compared by their binary encodings.
            #expect(try encode(value, as: vector.type, .binary) == vector.binary)
            let written = try encode(value, as: vector.type, .text)
            if Self.isWrittenAlike(vector) {
                #expect(String(decoding: written, as: UTF8.self) == String(decoding: vector.text, as: UTF8.self))
            }
            let again: T = try decode(written, as: vector.type, .text)
            #expect(try encode(again, as: vector.type, .binary) == vector.binary)
        }
        let swift = swiftType(for: vector.type) ?? String.self
        try check(swift)
    }

    @Test(arguments: decodable)
    func areRefusedWhenBytesAreMissingOrTooMany(_ vector: TypeVector) throws {
        func check<T: PostgresCodable>(_: T.Type) throws {
            for count in 0..<vector.binary.count {
                let cut = Array(vector.binary.prefix(count))
                if Self.isAnyLength(vector.type) || vector.type.kind.isEnum {
                    _ = try? decode(cut, as: vector.type, .binary, T.self)
                } else {
                    #expect(throws: PostgresDecodingError.self) { try decode(cut, as: vector.type, .binary, T.self) }
                }
            }
            if !Self.isAnyLength(vector.type) {
                #expect(throws: PostgresDecodingError.self) {
                    try decode(vector.binary + [0], as: vector.type, .binary, T.self)
                }
            }
            for count in 0..<vector.text.count {
                _ = try? decode(Array(vector.text.prefix(count)), as: vector.type, .text, T.self)
            }
        }
        let swift = swiftType(for: vector.type) ?? String.self
        try check(swift)
    }

    /// No input traps, and every value read can be written and read again.
    @Test(arguments: decodable)
    func areDecodedOrRefusedWhenDamaged(_ vector: TypeVector) {
        func check<T: PostgresCodable>(_: T.Type) {
            var generator = SeededGenerator(state: UInt64(vector.type.oid))
            for (format, original) in [(PostgresFormat.binary, vector.binary), (.text, vector.text)]
            where !original.isEmpty {
                for round in 0..<40 {
                    var damaged = original
                    for _ in 0...(round % 3) {
                        let place = Int.random(in: 0..<damaged.count, using: &generator)
                        damaged[place] =
                            [0, 0xFF, 0x7F, 0x80, damaged[place] ^ 1, UInt8.random(in: 0...255, using: &generator)]
                            .randomElement(using: &generator) ?? 0
                    }
                    guard let value = try? decode(damaged, as: vector.type, format, T.self) else { continue }
                    guard let written = try? encode(value, as: vector.type, .binary) else { continue }
                    let again = Result { try decode(written, as: vector.type, .binary, T.self) }
                    #expect((try? again.get()) != nil, "\(damaged)")
                    _ = try? encode(value, as: vector.type, .text)
                }
            }
        }
        let swift = swiftType(for: vector.type) ?? String.self
        check(swift)
    }

    @Test func coverEveryType() {
        let without = TypeVector.all.filter { swiftType(for: $0.type) == nil }.map(\.name)
        #expect(Set(without) == ["record"])
    }
}

extension PostgresType.Kind {
    var isEnum: Bool { if case .enum = self { true } else { false } }
}
