/// A composite value is a row of its fields: `try row["address", as: PostgresRow.self].decode((String, Int).self)`.
///
///     Int32 count | count × (Oid type | Int32 length, −1 for NULL | bytes)
///
/// The fields of a type that was looked up (``PostgresTypeCatalog``) have names. Those of anonymous records are named
/// `f1`, `f2`, …, as by PostgreSQL's own functions; in text format they have no types, and their text decodes as any
/// type.
///
/// Source: PostgreSQL, src/backend/utils/adt/rowtypes.c, record_send; rowtypes.html#ROWTYPES-IO-SYNTAX
extension PostgresRow: PostgresDecodable {
    /// Reads a composite value of any type.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        var fields: [PostgresType.Field]?
        switch type.kind {
        case .composite(let known): fields = known
        case .record: break
        default: throw value.error(.typeMismatch, Self.self)
        }
        if value.format == .binary {
            self = try PostgresRow(binary: value, fields)
            return
        }
        guard let texts = CompositeText.read(value.bytes) else { throw value.error(.malformed, Self.self) }
        var row = PostgresWriter(), columns: [PostgresColumn] = []
        // `()` is a row without fields, or with one that is NULL.
        let values = fields?.isEmpty ?? (texts.count == 1 && texts[0] == nil) ? [] : texts
        guard fields == nil || fields?.count == values.count else { throw value.error(.malformed, Self.self) }
        row.write(UInt16(truncatingIfNeeded: values.count))
        for (index, text) in values.enumerated() {
            if let text { row.lengthPrefixed { $0.write(contentsOf: text) } } else { row.writeNull() }
            columns.append(Self.column(fields, index, .unspecified, .text))
        }
        self = try PostgresRow(PostgresColumns(columns), row.bytes)
    }

    private init(binary value: PostgresValue, _ fields: [PostgresType.Field]?) throws(PostgresDecodingError) {
        var reader = PostgresReader(value, for: Self.self)
        let count = Int(try reader.integer(Int32.self))
        guard count >= 0, count <= reader.remaining / 8, let short = UInt16(exactly: count) else {
            throw reader.malformed
        }
        guard fields == nil || fields?.count == count else { throw reader.malformed }
        var columns: [PostgresColumn] = [], row = PostgresWriter()
        row.write(short)
        for index in 0..<count {
            columns.append(Self.column(fields, index, PostgresType(oid: try reader.integer()), .binary))
            if let bytes = try reader.lengthPrefixed() {
                row.write(Int32(bytes.byteCount))
                unsafe bytes.withUnsafeBytes { unsafe row.write(contentsOf: $0) }
            } else {
                row.writeNull()
            }
        }
        try reader.finish()
        self = try PostgresRow(PostgresColumns(columns), row.bytes)
    }

    private static func column(
        _ fields: [PostgresType.Field]?, _ index: Int, _ type: PostgresType, _ format: PostgresFormat
    ) -> PostgresColumn {
        guard let field = fields?[index] else {
            return PostgresColumn(name: "f\(index + 1)", type: type, format: format)
        }
        // If the type was altered since it was looked up, the OID that came with the value is the right one.
        let isSame = format == .text || field.type == type
        return PostgresColumn(name: field.name, type: isSame ? field.type : type, format: format)
    }

    /// Creates a row with one column that has no name.
    init(only value: [UInt8]?, type: PostgresType, _ format: PostgresFormat) throws(PostgresDecodingError) {
        var row = PostgresWriter()
        row.write(UInt16(1))
        if let value { row.lengthPrefixed { $0.write(contentsOf: value) } } else { row.writeNull() }
        self = try PostgresRow(PostgresColumns([PostgresColumn(name: "", type: type, format: format)]), row.bytes)
    }

    private init(_ columns: PostgresColumns, _ dataRow: [UInt8]) throws(PostgresDecodingError) {
        var builder = PostgresRows.Builder(columns)
        try builder.append(dataRow: unsafe dataRow.span.bytes)
        self.init(storage: builder.finish().storage, firstCell: 0)
    }
}
