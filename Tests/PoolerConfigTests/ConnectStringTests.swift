import PoolerConfig
import Testing

/// Outcomes follow from PgBouncer's observed behaviour.
@Suite("Connection strings of entries")
struct ConnectStringTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        /// `nil` when the text is a syntax error.
        let pairs: [String]?
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ pairs: [String]?) { (self.text, self.pairs) = (text, pairs) }
    }

    static let table: [Row] = [
        Row("", []),
        Row("   ", []),
        Row("host=x", ["host|x"]),
        Row("host=x port=7", ["host|x", "port|7"]),
        Row("  host = x   port= 7 ", ["host|x", "port|7"]),
        Row("host=x host=y", ["host|x", "host|y"]),
        Row("user='a b'", ["user|a b"]),
        Row("dbname='it''s' port=1", ["dbname|it's", "port|1"]),
        Row("a=''''", ["a|'"]),
        Row("a=it's", ["a|it's"]),
        Row("a=b=c", ["a|b=c"]),
        Row("a=\"b c\"", nil),
        Row("host=x\tport=7", ["host|x\tport=7"]),  // only spaces separate
        Row("host= port=7", ["host|port=7"]),  // blanks after "=" are skipped, as in libpq
        Row("a=1,b=2", ["a|1,b=2"]),
        Row("host", nil),
        Row("host port=7", nil),
        Row("=x", nil),
        Row("host=", nil),
        Row("a=''", nil),
        Row("a='b", nil),
        Row("a='b''", nil),
        // One byte after a closing quote is skipped.
        Row("host='x';port=7", ["host|x", "port|7"]),
        Row("host='x',port=7", ["host|x", "port|7"]),
        Row("host='x'\tport=7", ["host|x", "port|7"]),
        Row("host='x'; port=7", ["host|x", "port|7"]),
        Row("a='b'c=d", nil),
        Row("a='b'cc=d", ["a|b", "c|d"]),
    ]

    @Test(arguments: table)
    func isCutIntoPairs(_ row: Row) {
        var connectString = ConnectString(Array(row.text.utf8))
        var pairs: [String] = []
        do throws(ConnectString.SyntaxError) {
            while let pair = try connectString.next() { pairs.append("\(pair.key)|\(pair.text)") }
            #expect(pairs == row.pairs)
        } catch {
            #expect(row.pairs == nil)
        }
    }
}
