import Foundation
import SeededChance
import Testing
import Weir

/// Values of every type, made from a seed, go to the server and come back: alone and in arrays, in binary and as text.
///
/// `WEIR_TYPES_SEED` repeats a run.
@Suite(.limited) struct RoundTripTests {
    private static let seed =
        ProcessInfo.processInfo.environment["WEIR_TYPES_SEED"].flatMap { UInt64($0) } ?? 1

    /// A type, and how to make one of its values.
    struct Row: Sendable, CustomTestStringConvertible {
        let type: String
        let check: @Sendable (PostgresPool, UInt64) async throws -> Void
        var testDescription: String { type }

        init<Value: PostgresCodable & Equatable & Sendable>(
            _ type: String, _ make: @escaping @Sendable (inout SplitMix64) -> Value?
        ) {
            self.type = type
            check = { pool, seed in
                var random = SplitMix64(seed: seed)
                let values = (0..<60).compactMap { _ in make(&random) }
                let holed: [Value?] = values.map { Bool.random(using: &random) ? $0 : nil }
                try await pool.withTransaction(readOnly: true) { transaction in
                    for value in values.prefix(20) {
                        let (back, text) = try await transaction.fetchOne(
                            "SELECT \(value)::\(raw: type), (\(value)::\(raw: type))::text", as: (Value, String).self)
                        #expect(back == value, "seed \(seed)")
                        // By scalars: followed by a combining mark, a quote is another Character.
                        let literal = text.unicodeScalars.reduce(into: "") { $0 += $1 == "'" ? "''" : String($1) }
                        let script = try await transaction.executeScript(
                            "SET LOCAL standard_conforming_strings = on; SELECT '\(raw: literal)'::\(raw: type)")
                        let asText = try script[1].rows[0].decode(Value.self)
                        #expect(asText == value, "seed \(seed): \(text)")
                    }
                    let array = try await transaction.fetchValue(
                        "SELECT \(holed)::\(raw: type)[]", as: [Value?].self)
                    #expect(array == holed, "seed \(seed)")
                    let rows = try await transaction.fetch(
                        "SELECT v FROM unnest(\(holed)::\(raw: type)[]) WITH ORDINALITY AS u (v, n) ORDER BY n",
                        as: Value?.self)
                    #expect(rows == holed, "seed \(seed)")
                }
            }
        }
    }

    static let table: [Row] = [
        Row("bool") { Bool.random(using: &$0) },
        Row("int2") { Int16.random(in: .min ... .max, using: &$0) },
        Row("int4") { Int32.random(in: .min ... .max, using: &$0) },
        Row("int8") { Int64.random(in: .min ... .max, using: &$0) },
        Row("oid") { UInt32.random(in: .min ... .max, using: &$0) },
        Row("xid8") { $0.next() },
        Row("float4") { number(Float(bitPattern: UInt32(truncatingIfNeeded: $0.next()))) },
        Row("float8") { number(Double(bitPattern: $0.next())) },
        Row("numeric") { PostgresNumeric(decimal(&$0)) },
        Row("money") { PostgresMoney(units: Int64(bitPattern: $0.next() >> 1)) },
        Row("text") { text(&$0) },
        Row("varchar") { text(&$0) },
        Row("bytea") { random in (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8(random.next() & 255) } },
        Row("uuid") { PostgresUUID(high: $0.next(), low: $0.next()) },
        Row("date") { PostgresDate(daysSince2000: .random(in: -2_451_545...2_145_031_948, using: &$0)) },
        Row("time") { PostgresTime(microseconds: .random(in: 0...86_400_000_000, using: &$0)) },
        Row("timetz") {
            PostgresTimeTZ(
                PostgresTime(microseconds: .random(in: 0...86_400_000_000, using: &$0)),
                utcOffsetSeconds: .random(in: -57_599...57_599, using: &$0))
        },
        Row("timestamp") { PostgresTimestamp(microsecondsSince2000: moment(&$0)) },
        Row("timestamptz") { PostgresTimestampTZ(microsecondsSince2000: moment(&$0)) },
        Row("interval") {
            PostgresInterval(
                months: .random(in: -1_000_000...1_000_000, using: &$0),
                days: .random(in: -1_000_000...1_000_000, using: &$0),
                microseconds: .random(in: -1_000_000_000_000_000...1_000_000_000_000_000, using: &$0))
        },
        Row("inet") { address(&$0) },
        Row("macaddr") { PostgresMACAddress(bits: $0.next()) },
        Row("macaddr8") { PostgresMACAddress8(bits: $0.next()) },
        Row("varbit") { random in
            PostgresBitString((0..<Int.random(in: 0...70, using: &random)).map { _ in Bool.random(using: &random) })
        },
        Row("point") { point(&$0) },
        Row("lseg") { PostgresLineSegment(point(&$0), point(&$0)) },
        Row("circle") { PostgresCircle(point(&$0), radius: .random(in: 0...1e9, using: &$0)) },
        Row("path") { random in
            PostgresPath(
                (0...Int.random(in: 0...5, using: &random)).map { _ in point(&random) },
                isClosed: .random(using: &random))
        },
        Row("polygon") { random in
            PostgresPolygon((0...Int.random(in: 0...5, using: &random)).map { _ in point(&random) })
        },
        Row("pg_lsn") { PostgresLSN(position: $0.next()) },
        Row("tid") {
            PostgresTID(block: UInt32(truncatingIfNeeded: $0.next()), offset: UInt16(truncatingIfNeeded: $0.next()))
        },
        Row("int8range") { random in
            let start = Int64.random(in: -1_000_000...1_000_000, using: &random)
            return PostgresRange(start..<(start + .random(in: 1...1000, using: &random)))
        },
        Row("numrange") { random in
            let start = Int64.random(in: -1_000_000...1_000_000, using: &random)
            return PostgresRange(
                PostgresNumeric(start)...PostgresNumeric(start + .random(in: 1...1000, using: &random)))
        },
        Row("int8multirange") { random in
            // Apart from each other and in order, as the server has them.
            var start = Int64.random(in: -1_000_000...1_000_000, using: &random)
            return PostgresMultirange(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    start += 10
                    defer { start += 5 }
                    return PostgresRange(start..<(start + 5))
                })
        },
    ]

    private static func number<Number: BinaryFloatingPoint>(_ number: Number) -> Number? { number.isNaN ? nil : number }

    private static func moment(_ random: inout SplitMix64) -> Int64 {
        .random(in: -211_813_488_000_000_000..<9_223_371_331_200_000_000, using: &random)
    }

    private static func decimal(_ random: inout SplitMix64) -> String {
        func digits(_ range: ClosedRange<Int>) -> String {
            (0..<Int.random(in: range, using: &random)).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
        }
        let (whole, part) = (digits(1...40), digits(0...40))
        return (Bool.random(using: &random) ? "-" : "") + whole + (part.isEmpty ? "" : ".\(part)")
    }

    /// Anything but a zero.
    private static func text(_ random: inout SplitMix64) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...30, using: &random) {
            let limit: UInt32 = Bool.random(using: &random) ? 0x7F : 0x10_FFFF
            if let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }

    private static func address(_ random: inout SplitMix64) -> PostgresInet? {
        Bool.random(using: &random)
            ? PostgresInet(
                PostgresIPAddress(v4: UInt32(truncatingIfNeeded: random.next())),
                prefixLength: .random(in: 0...32, using: &random))
            : PostgresInet(
                PostgresIPAddress(v6: random.next(), random.next()), prefixLength: .random(in: 0...128, using: &random))
    }

    private static func point(_ random: inout SplitMix64) -> PostgresPoint {
        PostgresPoint(.random(in: -1e9...1e9, using: &random), .random(in: -1e9...1e9, using: &random))
    }

    @Test(arguments: table)
    func `Random values round-trip`(row: Row) async throws {
        let server = try await TestServer.shared
        var configuration = try PostgresPool.Configuration(server.connectionString())
        configuration.maximumConnections = 1
        try await PostgresPool.with(configuration) { pool in try await row.check(pool, Self.seed) }
    }
}
