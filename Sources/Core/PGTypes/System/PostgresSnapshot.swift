/// A set of transactions visible to a snapshot: PostgreSQL's `pg_snapshot` and `txid_snapshot`.
///
///     Int32 count | Int64 xmin | Int64 xmax | count × Int64
///
/// Source: PostgreSQL, functions-info.html#FUNCTIONS-PG-SNAPSHOT-PARTS
public struct PostgresSnapshot: Hashable, Sendable {
    /// The lowest transaction that was still active.
    public var xmin: UInt64
    /// One past the highest transaction that had ended.
    public var xmax: UInt64
    /// The transactions between the two that were active.
    public var inProgress: [UInt64]

    /// Creates a snapshot.
    public init(xmin: UInt64, xmax: UInt64, inProgress: [UInt64]) {
        self.xmin = xmin
        self.xmax = xmax
        self.inProgress = inProgress
    }
}

extension PostgresSnapshot: PostgresScalar {
    /// `pgSnapshot`.
    @inlinable public static var postgresType: PostgresType { .pgSnapshot }

    /// `pg_snapshot` and `txid_snapshot`.
    public static func accepts(_ type: PostgresType) -> Bool { type == .pgSnapshot || type == .txidSnapshot }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let count = Int(try reader.integer(Int32.self))
        let xmin: UInt64 = try reader.integer(), xmax: UInt64 = try reader.integer()
        guard count >= 0, count == reader.remaining / 8 else { throw reader.malformed }
        var inProgress: [UInt64] = []
        inProgress.reserveCapacity(count)
        for _ in 0..<count { inProgress.append(try reader.integer()) }
        self.init(xmin: xmin, xmax: xmax, inProgress: inProgress)
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(Int32(clamping: inProgress.count))
        for number in [xmin, xmax] + inProgress { writer.write(number) }
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        guard let xmin = Self.number(&cursor), cursor.skip(UInt8(ascii: ":")), let xmax = Self.number(&cursor),
            cursor.skip(UInt8(ascii: ":"))
        else {
            return nil
        }
        var inProgress: [UInt64] = []
        while !cursor.isAtEnd {
            guard inProgress.isEmpty || cursor.skip(UInt8(ascii: ",")), let number = Self.number(&cursor) else {
                return nil
            }
            inProgress.append(number)
        }
        self.init(xmin: xmin, xmax: xmax, inProgress: inProgress)
    }

    private static func number(_ cursor: inout TextCursor) -> UInt64? {
        UInt64(String(decoding: cursor.bytes { (0x30...0x39).contains($0) }, as: UTF8.self))
    }

    /// As PostgreSQL writes it: `10:20:10,14`.
    public var description: String { "\(xmin):\(xmax):\(inProgress.map(String.init).joined(separator: ","))" }
}
