import PGConnInfo
import Testing

@Suite("What libpq 18 says of a hundred thousand strings", .enabled(if: LibpqAnswers.path != nil))
struct LibpqAnswersTests {
    @Test func everyStringMeansTheSameToUs() throws {
        let rows = try LibpqAnswers.rows("parse")
        #expect(rows.count > 1000)
        var differences: [String] = []
        for row in rows {
            let input = try #require(row[0])
            if let difference = difference(input, row[1], row[2]) {
                differences.append("\(LibpqAnswers.shown(input)): \(difference)")
            }
        }
        expectNone(differences)
    }

    private func expectNone(_ differences: [String]) {
        let count = differences.count
        #expect(count == 0, "\(differences.prefix(5).joined(separator: "\n"))")
    }

    private func difference(_ input: [UInt8], _ table: [UInt8]?, _ error: [UInt8]?) -> String? {
        do throws(ConnInfoError) {
            let ours = try ConnectionString(bytes: input).options
            guard let table else { return "we take it" }
            let theirs = LibpqAnswers.pairs(table)
            let isSame = ours.elementsEqual(theirs) {
                $0.keyword.rawValue == $1.name && $0.value.utf8.elementsEqual($1.value)
            }
            return isSame ? nil : "we say \(ours)"
        } catch let refusal {
            return difference(refusing: refusal, table, theirs: error)
        }
    }

    private func difference(refusing ours: ConnInfoError, _ table: [UInt8]?, theirs: [UInt8]?) -> String? {
        if let table {
            let isUTF8 = LibpqAnswers.pairs(table).allSatisfy { String(validating: $0.value, as: UTF8.self) != nil }
            if case .invalidUTF8 = ours, !isUTF8 { return nil }
            return "we say \(ours), libpq takes it"
        }
        var message = String(decoding: theirs ?? [], as: UTF8.self)
        if case .unexpectedCharacter(let character, _, _) = ours, !character.isASCII {
            message.replace("\"\u{FFFD}\"", with: "\"\(character)\"", maxReplacements: 1)  // libpq shows its first byte
        }
        return LibpqAnswers.isSame(ours.message, as: message) ? nil : "we say \(ours.message), libpq \(message)"
    }
}
