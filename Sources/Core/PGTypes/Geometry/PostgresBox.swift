/// An axis-aligned rectangle: PostgreSQL's `box`. The binary form is both corners.
///
/// PostgreSQL stores the upper right corner first, whichever two opposite corners it is given.
public struct PostgresBox: Hashable, Sendable {
    /// The corner with the greater coordinates.
    public var upperRight: PostgresPoint
    /// The corner with the lesser coordinates.
    public var lowerLeft: PostgresPoint

    /// Creates a box from two opposite corners.
    public init(upperRight: PostgresPoint, lowerLeft: PostgresPoint) {
        self.upperRight = upperRight
        self.lowerLeft = lowerLeft
    }
}

extension PostgresBox: PostgresScalar {
    /// `box`.
    @inlinable public static var postgresType: PostgresType { .box }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(upperRight: try PostgresPoint(binary: &reader), lowerLeft: try PostgresPoint(binary: &reader))
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        upperRight.write(binary: &writer)
        lowerLeft.write(binary: &writer)
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        guard let points = PointList.scan(&cursor), points.count == 2 else { return nil }
        self.init(upperRight: points[0], lowerLeft: points[1])
    }

    /// As PostgreSQL writes it: `(3,4),(1,2)`.
    public var description: String { "\(upperRight),\(lowerLeft)" }
}
