import PGWire
import SeededChance
import Testing

@Suite struct MessageScannerTests {
    private struct Found: Equatable {
        var type: MessageType
        var body: [UInt8]
    }

    private static let limit = 100
    private static let messages = [
        Found(type: "Q", body: Array("select 1\0".utf8)), Found(type: "S", body: []), Found(type: "H", body: []),
        Found(type: "d", body: Array(0...95)), Found(type: "c", body: []), Found(type: "D", body: [0]),
    ]
    private static let stream: [UInt8] = messages.flatMap { message -> [UInt8] in
        [message.type.rawValue, 0, 0, 0, UInt8(message.body.count + 4)] + message.body
    }

    /// Feeds the pieces one after another to one scanner and reassembles the messages.
    private func scan(_ pieces: [[UInt8]]) -> [Found]? {
        var scanner = MessageScanner()
        var found: [Found] = []
        var missing = 0
        for piece in pieces {
            var position = 0
            var isDone = false
            while !isDone {
                switch unsafe scanner.step(in: piece.span.bytes, at: &position, maximumLength: Self.limit) {
                case .message(let type, let length, let start, let end):
                    guard missing == 0, start <= end, end == position else { return nil }
                    found.append(Found(type: type, body: Array(piece[start..<end])))
                    missing = length - (end - start)
                case .continuation(let type, let start, let end, let isLast):
                    guard start < end, end == position, found.last?.type == type else { return nil }
                    found[found.count - 1].body += piece[start..<end]
                    missing -= end - start
                    guard isLast == (missing == 0) else { return nil }
                case .end: isDone = true
                case .invalidLength: return nil
                }
                guard scanner.missingBodyBytes == missing else { return nil }
            }
            guard position == piece.count else { return nil }
        }
        return scanner.isAtBoundary && missing == 0 ? found : nil
    }

    @Test func manyMessagesInOnePieceAreFound() { #expect(scan([Self.stream]) == Self.messages) }

    @Test func messagesAreFoundByteByByte() { #expect(scan(Self.stream.map { [$0] }) == Self.messages) }

    @Test func messagesAreFoundWhereverTheStreamIsCut() {
        let stream = Self.stream
        for first in 0...stream.count {
            for second in first...stream.count {
                let pieces = [Array(stream[..<first]), Array(stream[first..<second]), Array(stream[second...])]
                if scan(pieces) != Self.messages { Issue.record("cut at \(first) and \(second)") }
            }
        }
    }

    @Test func theScannerIsAtABoundaryOnlyBetweenMessages() {
        var scanner = MessageScanner()
        #expect(scanner.isAtBoundary)
        let expected = [false, false, false, false, false, false, true]
        for (byte, isAtBoundary) in zip([0x51, 0, 0, 0, 6, 0x41, 0] as [UInt8], expected) {
            var position = 0
            _ = unsafe scanner.step(in: [byte].span.bytes, at: &position, maximumLength: 100)
            #expect(scanner.isAtBoundary == isAtBoundary)
        }
        #expect(scanner.missingBodyBytes == 0)
    }

    @Test(arguments: [
        (0, false), (3, false), (4, true), (5, true), (100, true), (101, false), (0x0102_0304, false),
        (0x7fff_ffff, false), (0x8000_0000, false), (0xffff_ffff, false),
    ])
    func theLengthIsCheckedAsSoonAsTheHeaderIsComplete(_ length: UInt32, _ isValid: Bool) {
        let header: [UInt8] = [0x51] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> UInt32($0)) }
        for cut in 0..<5 {
            var scanner = MessageScanner()
            var position = 0
            let partial = unsafe scanner.step(
                in: Array(header[..<cut]).span.bytes, at: &position, maximumLength: 100)
            #expect(partial == .end)
            #expect(scanner.isAtBoundary == (cut == 0))
            position = 0
            let step = unsafe scanner.step(in: Array(header[cut...]).span.bytes, at: &position, maximumLength: 100)
            if isValid {
                let rest = 5 - cut
                #expect(step == .message("Q", bodyLength: Int(length) - 4, bodyStart: rest, bodyEnd: rest))
                #expect(scanner.missingBodyBytes == Int(length) - 4)
            } else {
                #expect(step == .invalidLength("Q", declared: Int(length)))
            }
        }
    }

    @Test func randomBytesNeverTrapAndAlwaysAdvance() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<3_000 {
            var scanner = MessageScanner()
            var isOver = false
            for _ in 0..<4 where !isOver {
                // Mostly small numbers, so that lengths are often valid.
                var piece: [UInt8] = []
                for _ in 0..<Int.random(in: 0...40, using: &random) {
                    piece.append(random.next() % 8 == 0 ? UInt8.random(in: 0...9, using: &random) : 0)
                }
                var position = 0
                while true {
                    let before = position
                    let step = unsafe scanner.step(in: piece.span.bytes, at: &position, maximumLength: 1_000)
                    if case .invalidLength = step { isOver = true }
                    if step == .end || isOver { break }
                    #expect(position > before && position <= piece.count)
                }
                if !isOver { #expect(position == piece.count) }
            }
        }
    }
}
