/// Removes passwords from text shown in errors.
enum Redaction {
    static let mask = "***"

    /// A word of a connection string, without the text between `://` and `@` except a user's name.
    ///
    /// Another kind of URL (`Postgres://ann:secret@db`) is not a URI to libpq but a very long keyword.
    static func word(_ word: some Sequence<UInt8>) -> String {
        let bytes = Array(word)
        guard let start = Self.end(of: "://", in: bytes), let at = bytes.lastIndex(of: UInt8(ascii: "@")), at >= start
        else { return String(decoding: bytes, as: UTF8.self) }
        guard let colon = bytes[start..<at].firstIndex(of: UInt8(ascii: ":")) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(decoding: bytes[...colon], as: UTF8.self) + mask + String(decoding: bytes[at...], as: UTF8.self)
    }

    private static func end(of marker: String, in bytes: [UInt8]) -> Int? {
        let marker = Array(marker.utf8)
        return bytes.indices.first { bytes[$0...].starts(with: marker) }.map { $0 + marker.count }
    }
}
