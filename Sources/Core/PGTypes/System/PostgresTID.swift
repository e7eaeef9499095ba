/// The physical location of a row in its table: PostgreSQL's `tid`, the type of `ctid`. The binary form is both
/// numbers.
public struct PostgresTID: Hashable, Sendable {
    /// The page number.
    public var block: UInt32
    /// The row's number in the page.
    public var offset: UInt16

    /// Creates a row location.
    public init(block: UInt32, offset: UInt16) {
        self.block = block
        self.offset = offset
    }
}

extension PostgresTID: PostgresScalar {
    /// `tid`.
    @inlinable public static var postgresType: PostgresType { .tid }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(block: try reader.integer(), offset: try reader.integer())
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(block)
        writer.write(offset)
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        guard cursor.skip(UInt8(ascii: "(")), let block = cursor.digits(), let exact = UInt32(exactly: block.value),
            cursor.skip(UInt8(ascii: ",")),
            let offset = cursor.digits(), let second = UInt16(exactly: offset.value), cursor.skip(UInt8(ascii: ")"))
        else { return nil }
        self.init(block: exact, offset: second)
    }

    /// As PostgreSQL writes it: `(0,1)`.
    public var description: String { "(\(block),\(offset))" }
}
