/// Unicode normalization form KC, for the characters that SASLprep permits (Unicode 3.2).
///
/// The standard library normalizes too, but has no public API for this form.
///
/// Source: Unicode Standard Annex 15; Unicode Standard, section 3.12 for Hangul
enum CompatibilityForm {
    /// - Complexity: O(*n*), unless a letter carries a long sequence of marks
    static func compose(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        for scalar in scalars { decompose(scalar, into: &result) }
        sortMarks(&result)
        return recompose(result)
    }

    private static func decompose(_ scalar: UInt32, into result: inout [UInt32]) {
        if let syllable = Hangul.decompose(scalar) {
            result += syllable
        } else if let parts = NormalizationData.shared.parts[scalar] {
            for part in parts { decompose(part, into: &result) }
        } else {
            result.append(scalar)
        }
    }

    /// Sorts each run of marks by their classes; marks of the same class keep their order.
    private static func sortMarks(_ scalars: inout [UInt32]) {
        for index in scalars.indices {
            let own = markClass(scalars[index])
            guard own != 0 else { continue }
            var place = index
            while place > 0, markClass(scalars[place - 1]) > own {
                scalars.swapAt(place, place - 1)
                place -= 1
            }
        }
    }

    /// Combines each letter with the marks after it that nothing separates from it.
    private static func recompose(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var starter: Int?  // the letter that marks combine with, as an index into result
        for scalar in scalars {
            let own = markClass(scalar)
            if let starter {
                let previous = result.count - 1 == starter ? nil : result.last.map(markClass)
                let isBlocked = previous.map { $0 == 0 || $0 >= own } ?? false
                if !isBlocked, let joined = pair(result[starter], scalar) {
                    result[starter] = joined
                    continue
                }
            }
            result.append(scalar)
            if own == 0 { starter = result.count - 1 }
        }
        return result
    }

    private static func pair(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.compose(first, second) ?? NormalizationData.shared.composites[.init(first: first, second: second)]
    }

    private static func markClass(_ scalar: UInt32) -> UInt8 {
        scalar < 0x300 ? 0 : NormalizationData.shared.markClasses[scalar] ?? 0
    }
}

/// The unpacked tables, built when the first non-ASCII password is prepared.
private struct NormalizationData: Sendable {
    struct Pair: Hashable, Sendable {
        var first: UInt32
        var second: UInt32
    }

    /// The one-step decomposition of a character.
    private(set) var parts: [UInt32: [UInt32]] = [:]
    /// The composition of two characters.
    private(set) var composites: [Pair: UInt32] = [:]
    /// Canonical combining classes other than 0.
    private(set) var markClasses: [UInt32: UInt8] = [:]

    static let shared = NormalizationData()

    private init() {
        readDecompositions()
        readMarkClasses()
    }

    private mutating func readDecompositions() {
        var table = PackedTable(SASLprepTables.decompositions)
        var code: UInt32 = 0
        var scalar: UInt32 = 0
        while !table.isAtEnd {
            code += table.number()
            let header = table.number()
            let scalars = (0..<(header >> 1)).map { _ in
                scalar = scalar &+ UInt32(bitPattern: table.signed())
                return scalar
            }
            parts[code] = scalars
            if header & 1 == 1, scalars.count == 2 {
                composites[Pair(first: scalars[0], second: scalars[1])] = code
            }
        }
    }

    private mutating func readMarkClasses() {
        var table = PackedTable(SASLprepTables.combiningClasses)
        var end: UInt32 = 0
        while !table.isAtEnd {
            let start = end + table.number()
            end = start + table.number()
            let markClass = UInt8(truncatingIfNeeded: table.number())
            for scalar in start..<end { markClasses[scalar] = markClass }
        }
    }
}

/// Korean syllables, which are composed by arithmetic instead of tables.
private enum Hangul {
    private static let leads = UInt32(0x1100)..<0x1113
    private static let vowels = UInt32(0x1161)..<0x1176
    private static let trails = UInt32(0x11A8)..<0x11C3  // without the "no trail" position before it
    private static let syllables = UInt32(0xAC00)..<0xD7A4
    private static let perVowel: UInt32 = 28
    private static let perLead: UInt32 = 588

    static func decompose(_ scalar: UInt32) -> [UInt32]? {
        guard syllables.contains(scalar) else { return nil }
        let index = scalar - syllables.lowerBound
        let lead = leads.lowerBound + index / perLead
        let vowel = vowels.lowerBound + index % perLead / perVowel
        let trail = index % perVowel
        return trail == 0 ? [lead, vowel] : [lead, vowel, trails.lowerBound + trail - 1]
    }

    static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leads.contains(first), vowels.contains(second) {
            let index = (first - leads.lowerBound) * perLead + (second - vowels.lowerBound) * perVowel
            return syllables.lowerBound + index
        }
        guard syllables.contains(first), trails.contains(second) else { return nil }
        guard (first - syllables.lowerBound).isMultiple(of: perVowel) else { return nil }
        return first + second - trails.lowerBound + 1
    }
}
