public import PGWire

/// An extended-query message that names a prepared statement.
///
///     Parse     statement name, query, …
///     Bind      portal name, statement name, …
///     Describe  'S' or 'P', name
///     Close     'S' or 'P', name
///
/// Source: PostgreSQL, protocol-message-formats.html
///
/// Public because the compiler inlines nothing of another module that is only `package`.
public struct StatementMessage: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case parse, bind, describe, close
    }

    package var kind: Kind
    /// Where the statement's name is, without the zero byte that ends it.
    package var name: Range<Int>
    /// The end of the message, which may be beyond the piece for a Bind.
    package var end: Int

    package init(kind: Kind, name: Range<Int>, end: Int) {
        self.kind = kind
        self.name = name
        self.end = end
    }

    package enum Finding: Equatable, Sendable {
        /// The unnamed statement, or a portal, or a message that PostgreSQL will refuse.
        case none
        case found(StatementMessage)
        /// The message cannot be judged before the piece reaches this offset.
        case incomplete(until: Int)
    }

    /// Whether messages of this type can name a statement.
    @inlinable public static func mayBeIn(_ type: MessageType) -> Bool {
        switch type {
        case FrontendMessage.parse, FrontendMessage.bind, FrontendMessage.describe, FrontendMessage.close: true
        default: false
        }
    }

    /// Looks for a name in the message that begins at `start`; the five bytes of its header have arrived.
    ///
    /// A Bind is found when its names have arrived, the others when all of the message has. O(length of the names).
    package static func find(in piece: RawSpan, at start: Int) -> Finding {
        let type = MessageType(rawValue: byte(piece, start))
        let length = (1...4).reduce(0) { $0 << 8 | Int(byte(piece, start + $1)) }
        let end = start + 1 + length
        let body = start + 5
        switch type {
        case FrontendMessage.parse:
            guard body < end else { return .none }
            guard body < piece.byteCount else { return .incomplete(until: body + 1) }
            if byte(piece, body) == 0 { return .none }
            return whole(.parse, in: piece, from: body, end)
        case FrontendMessage.describe, FrontendMessage.close:
            guard body < end else { return .none }
            guard body < piece.byteCount else { return .incomplete(until: body + 1) }
            guard byte(piece, body) == UInt8(ascii: "S"), body + 1 < end else { return .none }
            guard body + 1 < piece.byteCount else { return .incomplete(until: body + 2) }
            if byte(piece, body + 1) == 0 { return .none }
            return whole(type == FrontendMessage.close ? .close : .describe, in: piece, from: body + 1, end)
        case FrontendMessage.bind: return bind(in: piece, from: body, end)
        default: return .none
        }
    }

    private static func whole(_ kind: Kind, in piece: RawSpan, from start: Int, _ end: Int) -> Finding {
        guard end <= piece.byteCount else { return .incomplete(until: end) }
        guard let nameEnd = zero(in: piece, from: start, until: end) else { return .none }
        return .found(StatementMessage(kind: kind, name: start..<nameEnd, end: end))
    }

    private static func bind(in piece: RawSpan, from start: Int, _ end: Int) -> Finding {
        let arrived = min(end, piece.byteCount)
        /// What must arrive is doubled each time, so that long names are not searched for each of their bytes.
        let missing = Finding.incomplete(until: min(end, max(arrived + 1, start + 2 * (arrived - start))))
        guard let portalEnd = zero(in: piece, from: start, until: arrived) else {
            return arrived < end ? missing : .none
        }
        guard let nameEnd = zero(in: piece, from: portalEnd + 1, until: arrived) else {
            return arrived < end ? missing : .none
        }
        guard nameEnd > portalEnd + 1 else { return .none }
        return .found(StatementMessage(kind: .bind, name: portalEnd + 1..<nameEnd, end: end))
    }

    private static func zero(in piece: RawSpan, from start: Int, until end: Int) -> Int? {
        var position = start
        while position < end {
            if byte(piece, position) == 0 { return position }
            position += 1
        }
        return nil
    }

    private static func byte(_ piece: RawSpan, _ offset: Int) -> UInt8 {
        // `unsafeLoad` checks the bounds.
        unsafe piece.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}

extension WireWriter {
    /// Writes the beginning of a Bind, Describe or Close with another statement's name, up to the end of that name; the
    /// rest of the message follows as it is.
    ///
    /// - Parameter start: where the message begins in `piece`, which contains it up to the end of the name.
    package mutating func renamed(
        _ piece: UnsafeRawBufferPointer, from start: Int, _ message: StatementMessage, to name: [UInt8]
    ) {
        let length = message.end - start - 1 - message.name.count + name.count
        unsafe byte(piece[start])
        int32(Int32(truncatingIfNeeded: length))
        unsafe raw(piece[start + 5..<message.name.lowerBound])
        cString(bytes: name)
    }
}
