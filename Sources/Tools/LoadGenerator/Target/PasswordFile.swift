/// libpq's password file: `host:port:database:user:password` in each line.
///
/// `*` stands for anything; a backslash protects a colon or a backslash. The first line that fits counts.
///
/// Source: PostgreSQL, libpq-pgpass.html
package enum PasswordFile {
    /// The password for a connection, or `nil` if no line fits.
    package static func password(
        in text: String, host: String, port: Int, database: String, user: String
    ) -> [UInt8]? {
        let wanted = [host, String(port), database, user].map { Array($0.utf8) }
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            var line = Array(line)
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.first == UInt8(ascii: "#") { continue }
            guard let fields = fields(line) else { continue }
            let fits = zip(fields, wanted).allSatisfy { $0.isAny || $0.text == $1 }
            if fits { return fields[4].text }
        }
        return nil
    }

    private struct Field {
        var text: [UInt8] = []
        var isAny = false
    }

    /// The five fields; what follows a fifth colon is left out, as libpq does.
    private static func fields(_ line: [UInt8]) -> [Field]? {
        var fields = [Field()]
        var isEscaped = false
        var hasEscape = false
        for byte in line {
            if isEscaped {
                fields[fields.count - 1].text.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                hasEscape = true
            } else if byte == UInt8(ascii: ":") {
                fields[fields.count - 1].isAny = !hasEscape && fields[fields.count - 1].text == [UInt8(ascii: "*")]
                if fields.count == 5 { return fields }
                fields.append(Field())
                hasEscape = false
            } else {
                fields[fields.count - 1].text.append(byte)
            }
        }
        return fields.count == 5 ? fields : nil
    }
}
