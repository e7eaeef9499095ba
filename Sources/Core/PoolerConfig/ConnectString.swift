/// Reads the `key=value key='quoted ''value'''` pairs of an entry in `[databases]`, `[users]` or `[peers]`.
///
/// Only spaces separate pairs; blanks around `=` are allowed; a value may not be empty. `''` inside quotes is one quote.
/// One byte after a closing quote is skipped, whatever it is: some files separate pairs there by `;`, `,` or a tab.
///
/// Source: PgBouncer 1.25.2, src/loader.c.
package struct ConnectString {
    package struct Pair: Hashable {
        package var key: String
        package var value: [UInt8]

        package var text: String { String(decoding: value, as: UTF8.self) }
    }

    /// The text is not a list of pairs.
    package struct SyntaxError: Error, Hashable {}

    private var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next pair, or `nil` at the end.
    package mutating func next() throws(SyntaxError) -> Pair? {
        skipSpaces()
        guard !rest.isEmpty else { return nil }
        let key = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: " ") }
        rest = rest.dropFirst(key.count)
        skipSpaces()
        guard !key.isEmpty, rest.first == UInt8(ascii: "=") else { throw SyntaxError() }
        rest = rest.dropFirst()
        skipSpaces()
        let value = rest.first == UInt8(ascii: "'") ? try quotedValue() : plainValue()
        guard !value.isEmpty else { throw SyntaxError() }
        return Pair(key: String(decoding: key, as: UTF8.self), value: value)
    }

    private mutating func plainValue() -> [UInt8] {
        let value = rest.prefix { $0 != UInt8(ascii: " ") }
        rest = rest.dropFirst(value.count)
        return Array(value)
    }

    private mutating func quotedValue() throws(SyntaxError) -> [UInt8] {
        let quote = UInt8(ascii: "'")
        var value: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.first {
            rest = rest.dropFirst()
            if byte == quote {
                guard rest.first == quote else {
                    rest = rest.dropFirst()
                    return value
                }
                rest = rest.dropFirst()
            }
            value.append(byte)
        }
        throw SyntaxError()
    }

    private mutating func skipSpaces() { rest = rest.drop { $0 == UInt8(ascii: " ") } }
}
