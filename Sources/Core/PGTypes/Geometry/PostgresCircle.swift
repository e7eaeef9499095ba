/// A circle: PostgreSQL's `circle`. The binary form is the center and a `float8`.
public struct PostgresCircle: Hashable, Sendable {
    /// The center.
    public var center: PostgresPoint
    /// The radius.
    public var radius: Double

    /// Creates a circle from its center and radius.
    public init(_ center: PostgresPoint, radius: Double) {
        self.center = center
        self.radius = radius
    }
}

extension PostgresCircle: PostgresScalar {
    /// `circle`.
    @inlinable public static var postgresType: PostgresType { .circle }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(try PostgresPoint(binary: &reader), radius: try reader.double())
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        center.write(binary: &writer)
        writer.write(radius)
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        guard cursor.skip(UInt8(ascii: "<")), let center = PostgresPoint(scanning: &cursor),
            cursor.skip(UInt8(ascii: ",")),
            let radius = cursor.double(), cursor.skip(UInt8(ascii: ">"))
        else { return nil }
        self.init(center, radius: radius)
    }

    /// As PostgreSQL writes it: `<(1,2),3>`.
    public var description: String { "<\(center),\(radius.postgresText)>" }
}
