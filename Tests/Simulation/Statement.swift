import PGWire

/// The SQL of the simulation: small, and every answer carries the token of its question.
///
///     ECHO token rows=2 bytes=100   SHOW name token     BEGIN token      COPYIN token
///     SLEEP token ms=20             SET name='value'    COMMIT token     COPYOUT token rows=3 bytes=10
///     ERROR token                   DISCARD ALL         ROLLBACK token   DIE
///     BROKEN token                  DEALLOCATE ALL
///
/// `$1` in the place of a token refers to the first parameter of an extended query.
enum Statement: Equatable {
    case empty
    case echo(rows: Int, bytes: Int)
    case show(String)
    case sleep(milliseconds: Int)
    case error
    /// Cannot be parsed.
    case broken
    case set(String, String)
    case reset(String)
    case discardAll
    case deallocateAll
    case begin, commit, rollback
    case copyIn
    case copyOut(rows: Int, bytes: Int)
    case die
    /// What the pooler itself asks, such as a check query.
    case other

    /// Reads one statement; the token is `nil` where there is none.
    static func parse(_ text: String) -> (statement: Statement, token: String?) {
        let words = text.split(separator: " ").map(String.init)
        guard let verb = words.first?.uppercased() else { return (.empty, nil) }
        let token = words.count > 1 ? words[1] : nil
        switch verb {
        case "ECHO": return (.echo(rows: option("rows", words), bytes: option("bytes", words)), token)
        case "SHOW" where words.count > 2: return (.show(words[1].lowercased()), words[2])
        case "SLEEP": return (.sleep(milliseconds: option("ms", words)), token)
        case "ERROR": return (.error, token)
        case "BROKEN": return (.broken, token)
        case "DEALLOCATE": return (.deallocateAll, nil)
        case "SET": return (assignment(text), nil)
        case "RESET": return (.reset(token?.lowercased() ?? ""), nil)
        case "DISCARD": return (.discardAll, nil)
        case "BEGIN": return (.begin, token)
        case "COMMIT": return (.commit, token)
        case "ROLLBACK": return (.rollback, token)
        case "COPYIN": return (.copyIn, token)
        case "COPYOUT": return (.copyOut(rows: option("rows", words), bytes: option("bytes", words)), token)
        case "DIE": return (.die, token)
        default: return (.other, nil)
        }
    }

    private static func option(_ name: String, _ words: [String]) -> Int {
        for word in words where word.hasPrefix(name + "=") { return Int(word.dropFirst(name.count + 1)) ?? 0 }
        return 0
    }

    /// `SET name = 'value'` and `SET name TO value`, with any spacing.
    private static func assignment(_ text: String) -> Statement {
        let rest = text.drop { $0 != " " }.drop { $0 == " " }
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "\"" }
        var value = rest.dropFirst(name.count).drop { $0 == " " }
        if value.first == "=" {
            value = value.dropFirst()
        } else if value.uppercased().hasPrefix("TO ") {
            value = value.dropFirst(2)
        }
        let plain = value.drop { $0 == " " }.replacing("'", with: "")
        return .set(name.replacing("\"", with: "").lowercased(), plain.trimmed)
    }
}

extension StringProtocol {
    /// Without blanks at either end.
    var trimmed: String {
        String(drop { $0 == " " || $0 == "\n" }.reversed().drop { $0 == " " || $0 == "\n" }.reversed())
    }
}

/// Mixes bytes into one number, so that an answer can prove that its question arrived unchanged.
struct Checksum {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> String {
        var sum = Checksum()
        sum.add(bytes)
        return String(sum.value, radix: 36)
    }
}
