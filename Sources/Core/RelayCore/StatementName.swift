public import PGWire

/// Tells whether an extended-query message names a prepared statement.
///
///     Parse     statement name, query, …
///     Bind      portal name, statement name, …
///     Describe  'S' or 'P', name
///     Close     'S' or 'P', name
///
/// Source: PostgreSQL, protocol-message-formats.html
///
/// Public because the compiler inlines nothing of another module that is only `package`.
public enum StatementName {
    package enum Finding: Equatable, Sendable {
        /// The unnamed statement, or a portal, or a message that PostgreSQL will refuse.
        case none
        case named
        /// The name has not arrived yet.
        case incomplete
        /// The name of the portal is longer than ``longestPortalName``.
        case portalTooLong
    }

    /// In bytes. Drivers' names have a few dozen.
    package static let longestPortalName = 16 * 1024

    /// Whether messages of this type can name a statement.
    @inlinable public static func mayBeIn(_ type: MessageType) -> Bool {
        switch type {
        case FrontendMessage.parse, FrontendMessage.bind, FrontendMessage.describe, FrontendMessage.close: true
        default: false
        }
    }

    /// Looks for a name in the message that begins at `start`; the five bytes of its header have arrived.
    ///
    /// O(length of a portal's name).
    package static func find(in piece: RawSpan, at start: Int) -> Finding {
        let type = MessageType(rawValue: byte(piece, start))
        let length = (1...4).reduce(0) { $0 << 8 | Int(byte(piece, start + $1)) }
        let end = start + 1 + length
        var position = start + 5
        switch type {
        case FrontendMessage.parse: break
        case FrontendMessage.describe, FrontendMessage.close:
            guard position < min(end, piece.byteCount) else { return position < end ? .incomplete : .none }
            guard byte(piece, position) == UInt8(ascii: "S") else { return .none }
            position += 1
        case FrontendMessage.bind:
            let limit = position + longestPortalName
            while position < min(end, piece.byteCount), byte(piece, position) != 0 {
                position += 1
                if position > limit { return .portalTooLong }
            }
            position += 1
        default: return .none
        }
        guard position < end else { return .none }
        guard position < piece.byteCount else { return .incomplete }
        return byte(piece, position) == 0 ? .none : .named
    }

    private static func byte(_ piece: RawSpan, _ offset: Int) -> UInt8 {
        // `unsafeLoad` checks the bounds.
        unsafe piece.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
