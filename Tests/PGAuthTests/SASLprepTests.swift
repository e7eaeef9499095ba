import PGAuth
import Testing

@Suite("Password preparation")
struct SASLprepTests {
    @Test func everyPasswordIsPreparedAsByPostgreSQL() throws {
        let rows = saslprepVectors.split(separator: "\n")
        #expect(rows.count > 500)
        for row in rows {
            let columns = row.split(separator: " ")
            let password = try #require(hex(columns[0]))
            let expected = try #require(hex(columns[1]))
            #expect(SASLprep.prepare(password) == expected, "\(columns[0])")
        }
    }

    @Test func preparingTwiceChangesNothing() throws {
        for row in saslprepVectors.split(separator: "\n") {
            let password = try #require(hex(row.split(separator: " ")[0]))
            let once = SASLprep.prepare(password)
            // Normalization can move a letter to the front that is not allowed there; only such text changes again.
            if once != password { #expect(SASLprep.prepare(once) == once, "\(row)") }
        }
    }

    @Test func theEmptyPasswordStaysEmpty() {
        #expect(SASLprep.prepare([]) == [])
    }

    private func hex(_ digits: Substring) -> [UInt8]? {
        let nibbles = digits.compactMap(\.hexDigitValue)
        guard nibbles.count == digits.count, nibbles.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: nibbles.count, by: 2).map { UInt8(nibbles[$0] << 4 | nibbles[$0 + 1]) }
    }
}
