/// Splits and joins the words of `options` as the server does: blanks separate words, a backslash escapes the next
/// character.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-CONNECT-OPTIONS
public enum CommandLineOptions {
    /// Splits a text into words. A backslash at its end is ignored.
    ///
    /// - Complexity: O(*n*)
    public static func words(of text: String) -> [String] {
        var words: [[UInt8]] = []
        var word: [UInt8]?
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if isBlank(byte) {
                if let ended = word { words.append(ended) }
                word = nil
            } else if byte == UInt8(ascii: "\\") {
                word = (word ?? []) + (rest.popFirst().map { [$0] } ?? [])
            } else {
                word = (word ?? []) + [byte]
            }
        }
        if let word { words.append(word) }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Escapes a word. An empty word cannot be represented.
    public static func word(_ word: String) -> String {
        var text: [UInt8] = []
        for byte in word.utf8 {
            if isBlank(byte) || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The words that set a session parameter: `-c name=value`.
    public static func setting(_ name: String, _ value: String) -> String {
        "-c \(word("\(name)=\(value)"))"
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }
}
