/// A sequence of points, open or closed: PostgreSQL's `path`.
///
///     UInt8 is closed | Int32 count | points
public struct PostgresPath: Hashable, Sendable {
    /// The points, at least one.
    public var points: [PostgresPoint]
    /// Whether the last point is joined to the first.
    public var isClosed: Bool

    /// Creates a path from its points.
    public init(_ points: [PostgresPoint], isClosed: Bool) {
        self.points = points
        self.isClosed = isClosed
    }
}

extension PostgresPath: PostgresScalar {
    /// `path`.
    @inlinable public static var postgresType: PostgresType { .path }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let isClosed: UInt8 = try reader.integer()
        guard isClosed <= 1 else { throw reader.malformed }
        self.init(try PointList.read(&reader), isClosed: isClosed == 1)
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(UInt8(isClosed ? 1 : 0))
        PointList.write(points, to: &writer)
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        let isClosed = cursor.skip(UInt8(ascii: "("))
        guard isClosed || cursor.skip(UInt8(ascii: "[")), let points = PointList.scan(&cursor),
            cursor.skip(isClosed ? UInt8(ascii: ")") : UInt8(ascii: "]"))
        else { return nil }
        self.init(points, isClosed: isClosed)
    }

    /// As PostgreSQL writes it: `[(1,2),(3,4)]`, closed `((1,2),(3,4))`.
    public var description: String { isClosed ? "(\(PointList.text(points)))" : "[\(PointList.text(points))]" }
}
