/// Finds message boundaries in a stream that arrives in arbitrary pieces.
///
///     type | Int32 length (counts itself, not the type) | body
///
/// It keeps at most a partial header between pieces, never a body: bytes are forwarded from the buffer they arrived in,
/// and a caller that needs a body collects it. The length is checked as soon as the header is complete.
///
/// Public because the compiler does not inline `package` declarations across modules.
@frozen public struct MessageScanner: Sendable {
    @frozen public enum Step: Equatable, Sendable {
        /// A header ended at `bodyStart`; `bodyLength` bytes follow, of which `bodyStart..<bodyEnd` are in this piece.
        case message(MessageType, bodyLength: Int, bodyStart: Int, bodyEnd: Int)
        /// More of a body that began in an earlier piece; `isLast` if the message ends at `bodyEnd`.
        case continuation(MessageType, bodyStart: Int, bodyEnd: Int, isLast: Bool)
        /// The piece is consumed.
        case end
        /// The length word is below 4 or above the limit. The scanner must not be used again.
        case invalidLength(MessageType, declared: Int)
    }

    @usableFromInline var type = MessageType(rawValue: 0)
    @usableFromInline var headerCount: UInt8 = 0
    @usableFromInline var lengthWord: UInt32 = 0
    @usableFromInline var bodyRemaining: Int = 0

    @inlinable public init() {}

    /// Whether the scanner is between messages: no byte of the next one has arrived.
    @inlinable public var isAtBoundary: Bool { headerCount == 0 && bodyRemaining == 0 }

    /// The number of bytes of the current message's body that have not arrived.
    public var missingBodyBytes: Int { bodyRemaining }

    /// Advances over the next header or body fragment in `piece`, beginning at `position`, which is moved past it.
    ///
    /// O(1) for a whole message, regardless of the length of its body.
    ///
    /// - Parameter maximumLength: the largest accepted length word.
    @inlinable public mutating func step(
        in piece: RawSpan, at position: inout Int, maximumLength: Int
    ) -> Step {
        if bodyRemaining > 0 { return continueBody(in: piece, at: &position) }
        if headerCount == 0, piece.byteCount &- position >= 5 {
            type = unsafe MessageType(rawValue: piece.unsafeLoad(fromByteOffset: position, as: UInt8.self))
            lengthWord = unsafe UInt32(
                bigEndian: piece.unsafeLoadUnaligned(fromByteOffset: position &+ 1, as: UInt32.self))
            position &+= 5
        } else {
            guard collectHeader(from: piece, at: &position) else { return .end }
        }
        let length = Int(lengthWord)
        guard length >= 4, length <= maximumLength else { return .invalidLength(type, declared: length) }
        let start = position
        let available = min(length &- 4, piece.byteCount &- start)
        bodyRemaining = length &- 4 &- available
        position = start &+ available
        return .message(type, bodyLength: length &- 4, bodyStart: start, bodyEnd: position)
    }

    /// Advances over whole messages, up to one whose type is in `decisive`, that is incomplete, or whose length is
    /// invalid, or a CommandComplete whose tag begins with `initial`; `step` reports that one.
    ///
    /// O(messages), regardless of the length of their bodies.
    ///
    /// - Returns: how many of them have a type in `counted`.
    @inlinable public mutating func skip(
        in piece: RawSpan, at position: inout Int, until decisive: MessageSet, orTag initial: UInt8,
        counting counted: MessageSet
    ) -> UInt32 {
        guard isAtBoundary else { return 0 }
        var count: UInt32 = 0
        while piece.byteCount &- position >= 5 {
            let type = unsafe MessageType(rawValue: piece.unsafeLoad(fromByteOffset: position, as: UInt8.self))
            if decisive.contains(type) { return count }
            let word = unsafe piece.unsafeLoadUnaligned(fromByteOffset: position &+ 1, as: UInt32.self)
            let length = Int(UInt32(bigEndian: word))
            guard length >= 4, length < piece.byteCount &- position else { return count }
            if counted.contains(type) {
                if type == BackendMessage.commandComplete, length > 4,
                    unsafe piece.unsafeLoad(fromByteOffset: position &+ 5, as: UInt8.self) == initial
                {
                    return count
                }
                count &+= 1
            }
            position &+= 1 &+ length
        }
        return count
    }

    /// Collects a header that is split between pieces.
    ///
    /// - Returns: whether it is complete.
    @usableFromInline mutating func collectHeader(from piece: RawSpan, at position: inout Int) -> Bool {
        while headerCount < 5 {
            guard position < piece.byteCount else { return false }
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
        return true
    }

    @usableFromInline mutating func continueBody(in piece: RawSpan, at position: inout Int) -> Step {
        let start = position
        let available = min(bodyRemaining, piece.byteCount &- start)
        guard available > 0 else { return .end }
        bodyRemaining &-= available
        position = start &+ available
        return .continuation(type, bodyStart: start, bodyEnd: position, isLast: bodyRemaining == 0)
    }
}
