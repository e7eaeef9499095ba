/// Prepares a password for SCRAM, so that two ways to type the same characters give the same keys.
///
/// It follows PostgreSQL, which differs from RFC 4013 in three points: a password that cannot be prepared is used
/// unchanged; a pure ASCII password is never rejected, even with control characters; and the prohibited characters and
/// the rules for right-to-left text are checked before normalization, not after.
///
/// Source: RFC 4013, RFC 3454 (stringprep, Unicode 3.2); PostgreSQL, src/common/saslprep.c
package enum SASLprep {
    private static let mappedToSpace = ScalarRanges(packed: SASLprepTables.mappedToSpace)
    private static let mappedToNothing = ScalarRanges(packed: SASLprepTables.mappedToNothing)
    private static let refused = ScalarRanges(packed: SASLprepTables.refused)
    private static let rightToLeft = ScalarRanges(packed: SASLprepTables.rightToLeft)
    private static let leftToRight = ScalarRanges(packed: SASLprepTables.leftToRight)

    /// The prepared password, or the same bytes if they are not UTF-8 or contain a prohibited character.
    ///
    /// - Complexity: O(*n*), and almost nothing for ASCII.
    package static func prepare(_ password: [UInt8]) -> [UInt8] {
        if password.allSatisfy({ $0 < 0x80 }) { return password }
        guard let text = String(validating: password, as: UTF8.self) else { return password }
        let mapped = text.unicodeScalars.compactMap { map($0.value) }
        guard !mapped.isEmpty, !mapped.contains(where: refused.contains), isProperlyDirected(mapped) else {
            return password
        }
        return utf8(CompatibilityForm.compose(mapped))
    }

    private static func map(_ scalar: UInt32) -> UInt32? {
        if mappedToSpace.contains(scalar) { return 0x20 }
        return mappedToNothing.contains(scalar) ? nil : scalar
    }

    /// Whether text with a right-to-left letter begins and ends with one, and contains no left-to-right letter.
    ///
    /// Source: RFC 3454 section 6
    private static func isProperlyDirected(_ scalars: [UInt32]) -> Bool {
        guard scalars.contains(where: rightToLeft.contains), let first = scalars.first, let last = scalars.last else {
            return true
        }
        return rightToLeft.contains(first) && rightToLeft.contains(last)
            && !scalars.contains(where: leftToRight.contains)
    }

    private static func utf8(_ scalars: [UInt32]) -> [UInt8] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.lazy.compactMap(Unicode.Scalar.init))
        return Array(String(text).utf8)
    }
}
