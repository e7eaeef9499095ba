/// A point in the plane: PostgreSQL's `point`. The binary form is two `float8`.
///
/// Source: PostgreSQL, datatype-geometric.html, as for all geometric types.
public struct PostgresPoint: Hashable, Sendable {
    /// The x coordinate.
    public var x: Double
    /// The y coordinate.
    public var y: Double

    /// The point (`x`, `y`).
    @inlinable
    public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

extension PostgresPoint: PostgresScalar {
    /// `point`.
    @inlinable public static var postgresType: PostgresType { .point }

    /// Reads the binary form.
    @inlinable
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(try reader.double(), try reader.double())
    }

    /// Appends the binary form.
    @inlinable
    public func write(binary writer: inout PostgresWriter) {
        writer.write(x)
        writer.write(y)
    }

    /// Reads `(1,2)`.
    public init?(_ description: String) {
        guard let point = description.scanned({ PostgresPoint(scanning: &$0) }) else { return nil }
        self = point
    }

    init?(scanning cursor: inout TextCursor) {
        guard cursor.skip(UInt8(ascii: "(")), let x = cursor.double(), cursor.skip(UInt8(ascii: ",")),
            let y = cursor.double(), cursor.skip(UInt8(ascii: ")"))
        else { return nil }
        self.init(x, y)
    }

    /// `(1,2)`.
    public var description: String { "(\(x.postgresText),\(y.postgresText))" }
}

/// Comma-separated points, as in paths and polygons.
enum PointList {
    static func scan(_ cursor: inout TextCursor) -> [PostgresPoint]? {
        var points: [PostgresPoint] = []
        repeat {
            guard let point = PostgresPoint(scanning: &cursor) else { return nil }
            points.append(point)
        } while cursor.skip(UInt8(ascii: ","))
        return points
    }

    /// Reads an `Int32` count and that many points. Memory is taken only for points that the value can contain.
    static func read(_ reader: inout PostgresReader) throws(PostgresDecodingError) -> [PostgresPoint] {
        let count = Int(try reader.integer(Int32.self))
        guard count >= 0, count == reader.remaining / 16 else { throw reader.malformed }
        var points: [PostgresPoint] = []
        points.reserveCapacity(count)
        for _ in 0..<count { points.append(try PostgresPoint(binary: &reader)) }
        return points
    }

    static func write(_ points: [PostgresPoint], to writer: inout PostgresWriter) {
        writer.write(Int32(clamping: points.count))
        for point in points { point.write(binary: &writer) }
    }

    static func text(_ points: [PostgresPoint]) -> String { points.map(\.description).joined(separator: ",") }
}
