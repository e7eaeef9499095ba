/// Writes the data of a `COPY … FROM STDIN`, for the duration of a closure.
public struct PostgresCopyWriter: ~Copyable {
    private let copy: CopyRun
    private var buffer: [UInt8] = []

    // Small pieces are collected and sent together.
    private static let capacity = 64 * 1024

    init(_ copy: CopyRun) { self.copy = copy }

    /// Sends bytes in the format of the COPY. They need not end at the end of a row.
    ///
    /// Waits while the server is slower than the application.
    ///
    /// - Throws: the server's error about the data so far.
    public mutating func write(_ bytes: some Sequence<UInt8>) async throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.capacity { try await flush() }
    }

    /// Sends text in the format of the COPY.
    public mutating func write(_ text: String) async throws { try await write(text.utf8) }

    /// Sends one row in COPY's text format, which is its default: `nil` is NULL, and special characters are escaped.
    ///
    /// Source: PostgreSQL, sql-copy.html#id-1.9.3.55.9.2
    public mutating func writeRow(_ fields: [String?]) async throws {
        for (index, field) in fields.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: "\t")) }
            if let field { CopyText.append(field.utf8, to: &buffer) } else { CopyText.appendNull(to: &buffer) }
        }
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.capacity { try await flush() }
    }

    private mutating func flush() async throws(PostgresError) {
        try await copy.write(take())
        buffer.reserveCapacity(Self.capacity)
    }

    /// Returns the bytes that have not been sent yet.
    mutating func take() -> [UInt8] {
        defer { buffer = [] }
        return buffer
    }
}

/// COPY's text format.
///
/// Source: PostgreSQL, sql-copy.html, “Text Format”
enum CopyText {
    static func append(_ bytes: some Sequence<UInt8>, to buffer: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): buffer += #"\\"#.utf8
            case UInt8(ascii: "\t"): buffer += #"\t"#.utf8
            case UInt8(ascii: "\n"): buffer += #"\n"#.utf8
            case UInt8(ascii: "\r"): buffer += #"\r"#.utf8
            default: buffer.append(byte)
            }
        }
    }

    static func appendNull(to buffer: inout [UInt8]) { buffer += #"\N"#.utf8 }
}
