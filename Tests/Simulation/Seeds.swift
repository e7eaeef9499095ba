import Glibc
import Testing

/// Which seeds a run tries.
///
/// `WEIR_SEED=42` replays one; `WEIR_SEEDS=5000` tries so many, and `WEIR_FIRST_SEED=1` says from where.
enum Seeds {
    static func list(usually count: UInt64) -> [UInt64] {
        if let seed = number("WEIR_SEED") { return [seed] }
        let first = number("WEIR_FIRST_SEED") ?? 1
        return Array(first..<first + (number("WEIR_SEEDS") ?? count))
    }

    /// One history is being replayed, so that it may tell everything.
    static var isReplay: Bool { number("WEIR_SEED") != nil }

    /// `WEIR_TELL=1` prints how often things happened.
    static var tells: Bool { number("WEIR_TELL") == 1 }

    private static func number(_ name: String) -> UInt64? {
        guard let value = unsafe getenv(name) else { return nil }
        return UInt64(unsafe String(cString: value))
    }

    /// Reports what a seed has found, with the command that replays it.
    static func report(
        _ violations: [String], seed: UInt64, test: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard !violations.isEmpty else { return }
        let list = violations.prefix(5).joined(separator: "\n  ")
        Issue.record(
            "seed \(seed):\n  \(list)\n  replay: WEIR_SEED=\(seed) swift test --filter \(test)",
            sourceLocation: sourceLocation)
    }
}
