/// Finds message boundaries in a stream that arrives in arbitrary pieces.
///
///     type | Int32 length (counts itself, not the type) | body
///
/// Keeps at most a partial header between pieces, never a body: bytes are forwarded from the buffer they arrived in,
/// and a reader that needs a body collects it itself. The length is checked as soon as the header is whole.
package struct MessageScanner: Sendable {
    package enum Step: Equatable, Sendable {
        /// A header ended at `bodyStart`; `bodyLength` bytes follow, of which `bodyStart..<bodyEnd` are in this piece.
        case message(MessageType, bodyLength: Int, bodyStart: Int, bodyEnd: Int)
        /// More of a body that began in an earlier piece; `isLast` when the message ends at `bodyEnd`.
        case continuation(MessageType, bodyStart: Int, bodyEnd: Int, isLast: Bool)
        /// The piece is used up.
        case end
        /// The length word is below 4 or above the limit. The scanner must not be used again.
        case invalidLength(MessageType, declared: Int)
    }

    private var type = MessageType(rawValue: 0)
    private var headerCount: UInt8 = 0
    private var lengthWord: UInt32 = 0
    private var bodyRemaining: Int = 0

    package init() {}

    /// True between messages: not a byte of the next one has arrived.
    package var isAtBoundary: Bool { headerCount == 0 && bodyRemaining == 0 }

    /// Bytes of the present message's body that have not arrived yet.
    package var missingBodyBytes: Int { bodyRemaining }

    /// Steps over the next header or body part in `piece`, beginning at `position`, which moves behind it.
    ///
    /// O(1) for a whole message, however long its body.
    ///
    /// - Parameter maximumLength: the largest accepted length word.
    package mutating func step(
        in piece: RawSpan, at position: inout Int, maximumLength: Int
    ) -> Step {
        if bodyRemaining > 0 { return continueBody(in: piece, at: &position) }
        if headerCount == 0, piece.byteCount &- position >= 5 {
            type = unsafe MessageType(rawValue: piece.unsafeLoad(fromByteOffset: position, as: UInt8.self))
            lengthWord = unsafe UInt32(
                bigEndian: piece.unsafeLoadUnaligned(fromByteOffset: position &+ 1, as: UInt32.self))
            position &+= 5
        } else {
            while headerCount < 5 {
                guard position < piece.byteCount else { return .end }
                let byte = unsafe piece.unsafeLoad(fromByteOffset: position, as: UInt8.self)
                position &+= 1
                if headerCount == 0 {
                    type = MessageType(rawValue: byte)
                    lengthWord = 0
                } else {
                    lengthWord = lengthWord << 8 | UInt32(byte)
                }
                headerCount &+= 1
            }
            headerCount = 0
        }
        let length = Int(lengthWord)
        guard length >= 4, length <= maximumLength else { return .invalidLength(type, declared: length) }
        let start = position
        let available = min(length &- 4, piece.byteCount &- start)
        bodyRemaining = length &- 4 &- available
        position = start &+ available
        return .message(type, bodyLength: length &- 4, bodyStart: start, bodyEnd: position)
    }

    private mutating func continueBody(in piece: RawSpan, at position: inout Int) -> Step {
        let start = position
        let available = min(bodyRemaining, piece.byteCount &- start)
        guard available > 0 else { return .end }
        bodyRemaining &-= available
        position = start &+ available
        return .continuation(type, bodyStart: start, bodyEnd: position, isLast: bodyRemaining == 0)
    }
}
