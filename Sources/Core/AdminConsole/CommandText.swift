/// A query cut into its words. The console's grammar has no more than two shapes:
///
///     word [word] [;]
///     SET word (= | TO) (word | 'string') [;]
///
/// A word is a run of ASCII letters, digits and underscores, or anything in double quotes, which are doubled inside.
/// Blanks are space, tab, line feed and carriage return.
///
/// Source: PgBouncer, src/admin.c, the expressions at its head
enum CommandText: Equatable {
    /// - argument: empty when there is none; an empty quoted word means the same.
    case words(verb: String, argument: String)
    case set(key: String, value: String)

    /// Longest words in bytes, with their quotes.
    private enum Limit {
        static let verb = 15
        static let argument = 63
        static let value = 255
    }

    /// - Returns: `nil` for a text of another shape.
    /// - Throws: ``AdminError/badArguments`` for the right shape with a word too long, or not UTF-8.
    static func read(_ query: [UInt8]) throws(AdminError) -> CommandText? {
        if let (verb, argument) = wordsShape(query) {
            return .words(
                verb: try verb.text(atMost: Limit.verb), argument: try argument?.text(atMost: Limit.argument) ?? "")
        }
        if let (key, value) = setShape(query) {
            let key = try key.text(atMost: Limit.argument)
            guard !key.isEmpty else { throw .badArguments }
            return .set(key: key, value: try value.text(atMost: Limit.value))
        }
        return nil
    }

    private static func wordsShape(_ query: [UInt8]) -> (verb: CommandWord, argument: CommandWord?)? {
        var scanner = CommandScanner(query)
        scanner.skipBlanks()
        guard let verb = scanner.word() else { return nil }
        let hasBlanks = scanner.skipBlanks()
        let argument = hasBlanks ? scanner.word() : nil
        return scanner.atEndOfCommand() ? (verb, argument) : nil
    }

    private static func setShape(_ query: [UInt8]) -> (key: CommandWord, value: CommandWord)? {
        var scanner = CommandScanner(query)
        scanner.skipBlanks()
        guard scanner.keyword("set"), scanner.skipBlanks(), let key = scanner.word() else { return nil }

        var plain = scanner
        plain.skipBlanks()
        if plain.keyword("=") || plain.keyword("to"), let value = plain.lastValue() { return (key, value) }
        // No blank is required before TO: “SET keyTO value” is one, too.
        if let shorter = key.withoutSuffix("to"), let value = scanner.lastValue() { return (shorter, value) }
        return nil
    }
}
