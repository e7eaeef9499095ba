/// The line of a statement that an error refers to, with a caret under the position, as psql prints it.
struct StatementExcerpt {
    /// Two lines: the statement's and the caret's.
    let lines: [String]

    /// Creates the excerpt around a position.
    ///
    /// - Parameter position: in characters from 1, as the server counts them. The result is `nil` if the statement is
    ///   shorter.
    init?(_ sql: String, position: Int) {
        let characters = Array(sql.unicodeScalars)
        // The server points one character past the end when it expected more.
        guard position >= 1, position <= characters.count + 1 else { return nil }
        let index = position - 1
        let isBreak = { (scalar: Unicode.Scalar) in scalar == "\n" || scalar == "\r" }
        let start = characters[..<index].lastIndex(where: isBreak).map { $0 + 1 } ?? 0
        let end = characters[index...].firstIndex(where: isBreak) ?? characters.count
        let number = characters[..<index].count { $0 == "\n" } + 1

        // Show only a window of a very long line, so that the caret is visible.
        let width = 72
        let from = index - start > width * 3 / 4 ? index - width * 3 / 4 : start
        let to = min(end, from + width)
        let text = characters[from..<to].map { $0.properties.generalCategory == .control ? " " : $0 }
        let head = "LINE \(number): " + (from > start ? "…" : "")
        lines = [
            head + String(String.UnicodeScalarView(text)) + (to < end ? "…" : ""),
            String(repeating: " ", count: head.unicodeScalars.count + index - from) + "^",
        ]
    }

    /// Returns the statement in one line of at most 200 characters.
    static func shortened(_ sql: String) -> String {
        let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > 200 ? line.prefix(199) + "…" : line
    }
}
