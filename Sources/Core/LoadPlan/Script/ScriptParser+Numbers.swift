/// Parses backslash commands and random numbers.
extension ScriptParser {
    /// Parses `\set name expression`, to the end of the line.
    mutating func command() throws(ScriptError) {
        position += 1
        let word = name()
        let start = position
        while position < bytes.count, peek() != UInt8(ascii: "\n") { position += 1 }
        guard word == "set" else { throw error(.unknownCommand(word)) }
        let rest = Array(bytes[start..<position])
        var expression = Expression(rest, self)
        let (variable, value) = try expression.assignment()
        switch value {
        case .constant(let number): variables[variable] = .constant(number)
        case .random(let range): variables[variable] = .draw(draw(range))
        }
    }

    /// Whether the braces at the current position are a placeholder for a random number.
    var startsPlaceholder: Bool { bytes[position...].starts(with: "{random:".utf8) }

    /// Parses `{random:LOWEST:HIGHEST}`.
    mutating func placeholder() throws(ScriptError) -> ClosedRange<Int64> {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else {
            throw error(.unterminated("brace"))
        }
        let whole = String(decoding: bytes[position...end], as: UTF8.self)
        let parts = bytes[(position + 1)..<end].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("random".utf8),
            let low = Self.number(parts[1]), let high = Self.number(parts[2])
        else { throw error(.badPlaceholder(whole)) }
        position = end + 1
        return try range(low, high)
    }

    func range(_ low: Int64, _ high: Int64) throws(ScriptError) -> ClosedRange<Int64> {
        guard low <= high else { throw error(.emptyRange(low, high)) }
        return low...high
    }

    /// Parses an integer with an optional sign and nothing around it.
    static func number(_ text: some Sequence<UInt8>) -> Int64? { Int64(String(decoding: Array(text), as: UTF8.self)) }

    /// Parses the arguments of `\set`.
    private struct Expression {
        enum Value {
            case constant(Int64)
            case random(ClosedRange<Int64>)
        }

        private let parser: ScriptParser
        private let whole: String
        private var rest: ArraySlice<UInt8>

        init(_ text: [UInt8], _ parser: ScriptParser) {
            self.parser = parser
            let text = text.drop(while: isBlank)
            rest = text
            whole = String(decoding: Array(text.reversed().drop(while: isBlank).reversed()), as: UTF8.self)
        }

        mutating func assignment() throws(ScriptError) -> (String, Value) {
            guard let variable = word() else { throw bad }
            skipBlanks()
            let value: Value
            if let function = word() {
                guard function == "random" else { throw parser.error(.unknownFunction(function)) }
                try expect("(")
                let low = try product()
                try expect(",")
                let high = try product()
                try expect(")")
                value = .random(try parser.range(low, high))
            } else {
                value = .constant(try product())
            }
            skipBlanks()
            guard rest.isEmpty else { throw bad }
            return (variable, value)
        }

        private var bad: ScriptError { parser.error(.badSet(whole)) }

        private mutating func product() throws(ScriptError) -> Int64 {
            var result = try factor()
            while true {
                skipBlanks()
                guard rest.first == UInt8(ascii: "*") else { return result }
                rest.removeFirst()
                let (value, overflow) = result.multipliedReportingOverflow(by: try factor())
                guard !overflow else { throw parser.error(.numberTooLarge) }
                result = value
            }
        }

        private mutating func factor() throws(ScriptError) -> Int64 {
            skipBlanks()
            if rest.first == UInt8(ascii: ":") {
                rest.removeFirst()
                guard let variable = word() else { throw bad }
                guard case .constant(let number) = try parser.value(of: variable) else {
                    throw parser.error(.notConstant(variable))
                }
                return number
            }
            var digits: [UInt8] = []
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                digits.append(sign)
                rest.removeFirst()
                skipBlanks()
            }
            let signs = digits.count
            while let byte = rest.first, isDigit(byte) {
                digits.append(byte)
                rest.removeFirst()
            }
            guard digits.count > signs else { throw bad }
            guard let number = number(digits) else { throw parser.error(.numberTooLarge) }
            return number
        }

        private mutating func expect(_ scalar: Unicode.Scalar) throws(ScriptError) {
            skipBlanks()
            guard rest.first == UInt8(ascii: scalar) else { throw bad }
            rest.removeFirst()
        }

        private mutating func word() -> String? {
            guard let first = rest.first, isNameStart(first) else { return nil }
            let word = rest.prefix(while: isNamePart)
            rest = rest.dropFirst(word.count)
            return String(decoding: word, as: UTF8.self)
        }

        private mutating func skipBlanks() { rest = rest.drop(while: isBlank) }
    }
}
