/// A version of PostgreSQL, as reported by `postgres --version`.
package struct PostgresVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The part that decides whether a cluster's files can be used: 15 in "15.20".
    package let major: Int
    /// Everything after the major version: ".20", "beta2", "devel" or empty.
    package let rest: String

    /// Reads the output of `postgres --version`: `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`.
    package init?(output: some StringProtocol) {
        let words = output.split(whereSeparator: \.isWhitespace)
        guard let marker = words.firstIndex(of: "(PostgreSQL)"), marker + 1 < words.count else { return nil }
        let number = words[marker + 1]
        guard let major = Int(number.prefix(while: \.isNumber)) else { return nil }
        self.major = major
        self.rest = String(number.drop(while: \.isNumber))
    }

    package var description: String { "\(major)\(rest)" }

    package static func < (left: Self, right: Self) -> Bool {
        left.major != right.major
            ? left.major < right.major : left.rest.compareNumerically(to: right.rest)
    }
}

extension String {
    /// Whether ".9" comes before ".10": digits are compared as numbers, the rest as text.
    fileprivate func compareNumerically(to other: String) -> Bool {
        let mine = Int(drop { !$0.isNumber }.prefix(while: \.isNumber)) ?? -1
        let theirs = Int(other.drop { !$0.isNumber }.prefix(while: \.isNumber)) ?? -1
        return mine != theirs ? mine < theirs : self < other
    }
}
