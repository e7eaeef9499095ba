import PGWire
import SeededChance
import Testing

@Suite struct SkippingTests {
    private static let decisive = MessageSet().with("Z").with("E")
    private static let counted = MessageSet().with("C").with("T")

    /// Scans a stream that arrives in two pieces; skips first, if requested.
    ///
    /// - Returns: the scanner's position whenever a decisive message was complete, and at the end.
    private func walk(_ stream: [UInt8], cut: Int, skipping: Bool) -> [String] {
        var scanner = MessageScanner()
        var seen: [String] = []
        var count: UInt32 = 0
        for piece in [Array(stream[..<cut]), Array(stream[cut...])] {
            var position = 0
            while true {
                if skipping {
                    count += unsafe scanner.skip(
                        in: piece.span.bytes, at: &position, until: Self.decisive, orTag: 0x5b, counting: Self.counted)
                }
                let step = unsafe scanner.step(in: piece.span.bytes, at: &position, maximumLength: 1_000)
                switch step {
                case .message(let type, let length, let start, let end):
                    if length == end - start, Self.counted.contains(type) { count += 1 }
                    if length == end - start, Self.decisive.contains(type) { seen.append("\(type.rawValue) \(end)") }
                case .continuation(let type, _, let end, let isLast):
                    if isLast, Self.counted.contains(type) { count += 1 }
                    if isLast, Self.decisive.contains(type) { seen.append("\(type.rawValue) \(end)") }
                case .invalidLength: return seen + ["invalid at \(position)"]
                case .end: break
                }
                if step == .end { break }
            }
            seen.append("\(position) \(scanner.isAtBoundary) \(scanner.missingBodyBytes) \(count)")
        }
        return seen
    }

    @Test func skippingFindsTheSameMessagesAsStepping() {
        var random = SplitMix64(seed: 7)
        let types: [UInt8] = [0x44, 0x43, 0x54, 0x5a, 0x45, 0xda]
        for _ in 0..<400 {
            var stream: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let type = types.randomElement(using: &random) ?? 0
                let length = Int.random(in: 0...9, using: &random)
                // Occasionally a length that is too small.
                let isBroken = Int.random(in: 0...20, using: &random) == 0
                stream += [type, 0, 0, 0, isBroken ? 3 : UInt8(length + 4)]
                // Occasionally the tag that is looked for.
                stream += [UInt8](repeating: Int.random(in: 0...3, using: &random) == 0 ? 0x5b : 0x5a, count: length)
            }
            for cut in 0...stream.count {
                #expect(walk(stream, cut: cut, skipping: true) == walk(stream, cut: cut, skipping: false))
            }
        }
    }

    @Test func aSetContainsTheTypesAddedToIt() {
        let set = MessageSet().with("1").with("Z").with("z").with("A")
        let found = (0...255).filter { set.contains(MessageType(rawValue: UInt8($0))) }
        #expect(found == [0x31, 0x41, 0x5a, 0x7a])
    }

    @Test func aTypeThatIsNotASCIIIsNeverContained() {
        let set = MessageSet().with(MessageType(rawValue: 0x80)).with(MessageType(rawValue: 0xda))
        #expect(!(0...255).contains { set.contains(MessageType(rawValue: UInt8($0))) })
    }
}
