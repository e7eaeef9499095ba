/// A set of message types in two words, so that a lookup is cheap.
@frozen public struct MessageSet: Sendable {
    @usableFromInline var low: UInt64 = 0
    @usableFromInline var high: UInt64 = 0

    @inlinable public init() {}

    /// The set with one more type, which must be ASCII, as all are.
    @inlinable public func with(_ type: MessageType) -> MessageSet {
        var set = self
        if type.rawValue < 64 { set.low |= 1 &<< UInt64(type.rawValue) }
        if type.rawValue & 0xc0 == 64 { set.high |= 1 &<< UInt64(type.rawValue & 63) }
        return set
    }

    @inlinable public func contains(_ type: MessageType) -> Bool {
        let word = type.rawValue & 64 == 0 ? low : high
        return type.rawValue < 128 && word &>> UInt64(type.rawValue & 63) & 1 == 1
    }
}
