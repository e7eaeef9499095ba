/// The error thrown when a script is invalid, with the line.
package struct ScriptError: Error, Hashable, Sendable {
    /// The line number, counted from 1.
    package let line: Int
    package let reason: Reason

    package enum Reason: Hashable, Sendable {
        /// A backslash command other than `\set`.
        case unknownCommand(String)
        /// A backslash in the middle of a statement.
        case commandInStatement
        /// `\set` is not followed by a name and a supported expression.
        case badSet(String)
        /// A function other than `random`.
        case unknownFunction(String)
        /// A variable that is not set.
        case unknownVariable(String)
        /// A variable that holds a random number, where a constant is required.
        case notConstant(String)
        /// Braces other than `{random:LOWEST:HIGHEST}`.
        case badPlaceholder(String)
        /// A random number inside quotes, where it cannot become a parameter.
        case placeholderInQuotes
        /// The lowest number is greater than the highest.
        case emptyRange(Int64, Int64)
        /// A number that does not fit in 64 bits.
        case numberTooLarge
        /// A quote or comment that is not terminated.
        case unterminated(String)
        /// More parameters in one statement than the protocol allows.
        case tooManyParameters
        case zeroByte
        /// The script contains no statement.
        case empty
    }
}

extension ScriptError: CustomStringConvertible {
    package var description: String { "line \(line): \(reason)" }
}

extension ScriptError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownCommand(let name): "\\\(name) is not supported; \\set is"
        case .commandInStatement: "a backslash command inside a statement: end the statement with a semicolon first"
        case .badSet(let text):
            "cannot read \"\\set \(text)\"; supported are \"\\set name random(lowest, highest)\" and \"\\set name number\","
                + " where a number may be a product such as 100000 * :scale"
        case .unknownFunction(let name): "\(name)() is not supported; random(lowest, highest) is"
        case .unknownVariable(let name): "the variable :\(name) has not been set; use \\set or --define \(name)=VALUE"
        case .notConstant(let name): "the variable :\(name) is random, but a constant is required here"
        case .badPlaceholder(let text): "cannot read \(text); supported is {random:LOWEST:HIGHEST}"
        case .placeholderInQuotes:
            "a random number inside quotes cannot become a parameter: write 'text' || {random:1:9} instead"
        case .emptyRange(let low, let high): "the range from \(low) to \(high) is empty"
        case .numberTooLarge: "a number does not fit in 64 bits"
        case .unterminated(let what): "unterminated \(what)"
        case .tooManyParameters: "more than 65535 random numbers in one statement"
        case .zeroByte: "a zero byte"
        case .empty: "there is no statement"
        }
    }
}
