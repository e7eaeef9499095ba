/// A polygon: PostgreSQL's `polygon`.
///
///     Int32 count | points
public struct PostgresPolygon: Hashable, Sendable {
    /// The corners, at least one.
    public var points: [PostgresPoint]

    /// Creates a polygon from its corners.
    public init(_ points: [PostgresPoint]) {
        self.points = points
    }
}

extension PostgresPolygon: PostgresScalar {
    /// `polygon`.
    @inlinable public static var postgresType: PostgresType { .polygon }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(try PointList.read(&reader))
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        PointList.write(points, to: &writer)
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        guard cursor.skip(UInt8(ascii: "(")), let points = PointList.scan(&cursor), cursor.skip(UInt8(ascii: ")"))
        else { return nil }
        self.init(points)
    }

    /// As PostgreSQL writes it: `((1,2),(3,4),(5,6))`.
    public var description: String { "(\(PointList.text(points)))" }
}
