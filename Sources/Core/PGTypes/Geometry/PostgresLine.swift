/// The infinite line *a*·x + *b*·y + *c* = 0: PostgreSQL's `line`. The binary form is three `float8`.
public struct PostgresLine: Hashable, Sendable {
    /// The coefficient of x.
    public var a: Double
    /// The coefficient of y.
    public var b: Double
    /// The constant.
    public var c: Double

    /// Creates a line from its coefficients.
    public init(a: Double, b: Double, c: Double) {
        self.a = a
        self.b = b
        self.c = c
    }
}

extension PostgresLine: PostgresScalar {
    /// `line`.
    @inlinable public static var postgresType: PostgresType { .line }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(a: try reader.double(), b: try reader.double(), c: try reader.double())
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        for number in [a, b, c] { writer.write(number) }
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        guard cursor.skip(UInt8(ascii: "{")), let a = cursor.double(), cursor.skip(UInt8(ascii: ",")),
            let b = cursor.double(),
            cursor.skip(UInt8(ascii: ",")), let c = cursor.double(), cursor.skip(UInt8(ascii: "}"))
        else { return nil }
        self.init(a: a, b: b, c: c)
    }

    /// As PostgreSQL writes it: `{1,-1,0}`.
    public var description: String { "{\(a.postgresText),\(b.postgresText),\(c.postgresText)}" }
}
