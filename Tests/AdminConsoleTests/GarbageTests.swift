import AdminConsole
import PGWire
import SeededChance
import Testing

/// Whatever is sent, the console answers.
@Suite("No bytes stop the console")
struct GarbageTests {
    /// Pieces that bring random text close to commands.
    private static let pieces: [[UInt8]] =
        [
            "SHOW", "SET", "to", "TO", "=", ";", " ", "\n", "\t", "'", "''", "\"", "\"\"", "kill_client", "pause",
            "clients", "fds", "verbose", "timezone", "0", "-1", "18446744073709551616", "é", "_",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0x0B], [0xF0, 0x9F]]

    @Test(arguments: 0..<100 as Range<UInt64>)
    func everyQueryIsACommandOrAnError(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            var query: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                query += Self.pieces.randomElement(using: &random) ?? []
            }
            let asAdmin = Result { () throws(AdminError) in try AdminCommand.parse(query, as: .admin) }
            let asStats = Result { () throws(AdminError) in try AdminCommand.parse(query, as: .stats) }
            switch asAdmin {
            case .success(let command):
                let expected: Result<AdminCommand, AdminError> =
                    AdminRole.stats.permits(command) ? asAdmin : .failure(.adminNeeded)
                #expect(asStats == expected, "seed \(seed): \(query)")
            case .failure(let error):
                #expect(asStats == asAdmin || asStats == .failure(.adminNeeded), "seed \(seed): \(query)")
                #expect(error.message.utf8.count <= 1_023)
            }
        }
    }

    /// A command is parsed the same with other blanks, case and quotes.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func theFormOfAWordDoesNotMatter(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let blanks = [" ", "\t", "\r\n", "  \n "]
        func blank() -> String { blanks.randomElement(using: &random) ?? " " }
        for target in ShowTarget.allCases {
            let word = String(
                target.rawValue.map { Bool.random(using: &random) ? Character($0.uppercased()) : $0 })
            let quoted = Bool.random(using: &random) ? "\"\(word)\"" : word
            let end = Bool.random(using: &random) ? ";" : ""
            let query = blank() + "sHoW" + blank() + quoted + blank() + end + blank()
            #expect(try AdminCommand.parse(query, as: .admin) == .show(target))
        }
    }
}
