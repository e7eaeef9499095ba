import PoolerConfig
import SeededChance
import Testing

/// Nothing in a file may stop the process. A failing seed replays its input.
@Suite("Arbitrary bytes")
struct RandomBytesTests {
    /// Pieces that lead deep into the grammars; the rest is noise.
    static let pieces: [String] =
        SettingTable.rows.map(\.name) + [
            "[pgbouncer]\n", "[databases]\n", "[users]\n", "[peers]\n", "%include t", "=", "=", " = ", "\n", "\n", "'",
            "''",
            "\"", "\"\"", ";", "#", "*", ",", " ", "\0", "\r", "host=", "port=", "password=", "pool_size=",
            "pool_mode=",
            "server_lifetime=", "session", "-1", "0x", "07", "1.5", "9223372036854775807", "-9223372036854775808",
            "1e308",
            "\"a\" \"b\"\n",
        ]

    static func input(seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0..<24, using: &random) {
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes.append(UInt8.random(in: .min ... .max, using: &random))
            } else if let piece = pieces.randomElement(using: &random) {
                bytes += Array(piece.utf8)
            }
        }
        return bytes
    }

    @Test func neverStopAParser() {
        var loaded = 0
        for seed in 0..<6_000 as Range<UInt64> {
            let bytes = Self.input(seed: seed)
            let main = Array("[pgbouncer]\n".utf8) + bytes
            if (try? PoolerConfiguration.load(path: "t", reading: { _ in bytes })) != nil { loaded += 1 }
            if (try? PoolerConfiguration.load(path: "m", reading: { _ in main })) != nil { loaded += 1 }
            let databases = Array("[pgbouncer]\n[databases]\na=".utf8) + bytes
            if (try? PoolerConfiguration.load(path: "d", reading: { _ in databases })) != nil { loaded += 1 }

            let list = UserlistFile(parsing: bytes, file: "u")
            #expect(list.users.allSatisfy { list.secret(of: $0.name) == $0.secret })

            var connectString = ConnectString(bytes)
            while let pair = try? connectString.next() { #expect(!pair.key.isEmpty && !pair.value.isEmpty) }
        }
        #expect(loaded > 100, "the inputs never got deep enough to mean anything")
    }

    @Test func neverStopASetting() {
        var accepted = 0
        for seed in 0..<3_000 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let text = String(
                decoding: Self.input(seed: seed).prefix(Int.random(in: 0...24, using: &random)), as: UTF8.self)
            for row in SettingTable.rows.shuffled(using: &random).prefix(12) {
                var settings = PoolerSettings()
                guard (try? settings.set(row.name, to: text)) != nil else { continue }
                accepted += 1
                _ = settings.text(of: row)
            }
        }
        #expect(accepted > 1_000)
    }

    @Test func aDurationOfAnyLengthIsPrinted() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<2_000 {
            var settings = PoolerSettings()
            let any = Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0..<63, using: &random)
            settings.queryTimeout = .seconds(any)
            settings.tcpUserTimeout = .seconds(any)
            #expect(settings.text(of: "query_timeout")?.isEmpty == false)
            #expect(settings.text(of: "tcp_user_timeout")?.isEmpty == false)
        }
    }
}
