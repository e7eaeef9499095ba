/// A line between two points: PostgreSQL's `lseg`. The binary form is both points.
public struct PostgresLineSegment: Hashable, Sendable {
    /// The start point.
    public var start: PostgresPoint
    /// The end point.
    public var end: PostgresPoint

    /// Creates a line segment from its end points.
    public init(_ start: PostgresPoint, _ end: PostgresPoint) {
        self.start = start
        self.end = end
    }
}

extension PostgresLineSegment: PostgresScalar {
    /// `lseg`.
    @inlinable public static var postgresType: PostgresType { .lseg }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(try PostgresPoint(binary: &reader), try PostgresPoint(binary: &reader))
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        start.write(binary: &writer)
        end.write(binary: &writer)
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        guard cursor.skip(UInt8(ascii: "[")), let points = PointList.scan(&cursor), points.count == 2,
            cursor.skip(UInt8(ascii: "]"))
        else {
            return nil
        }
        self.init(points[0], points[1])
    }

    /// As PostgreSQL writes it: `[(1,2),(3,4)]`.
    public var description: String { "[\(start),\(end)]" }
}
