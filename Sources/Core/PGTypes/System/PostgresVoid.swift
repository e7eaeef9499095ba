/// The result of a function that returns nothing: no bytes in either format.
public struct PostgresVoid: PostgresDecodable, Hashable, Sendable {
    /// The only value.
    public init() {}

    /// Reads `void`.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        guard value.type == .void else { throw value.error(.typeMismatch, Self.self) }
        guard value.bytes.byteCount == 0 else { throw value.error(.malformed, Self.self) }
    }
}
