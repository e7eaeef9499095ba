/// The values of a query's parameters, laid out as a Bind message has them.
///
/// Printing it shows types and sizes, never values.
public struct PostgresParameters: Sendable {
    /// The type that each was written as.
    public private(set) var types: [PostgresType] = []
    /// The format of each.
    public private(set) var formats: [PostgresFormat] = []
    private var writer = PostgresWriter()

    /// None.
    public init() {}

    /// How many there are.
    public var count: Int { types.count }

    /// For each parameter `Int32` length, −1 for NULL, and its bytes.
    public var bytes: [UInt8] { writer.bytes }

    /// Appends a value as the type the server expects; without one, as the type it proposes.
    ///
    /// - Throws: ``PostgresEncodingError`` with the parameter's place; nothing was appended then.
    public mutating func append<Value: PostgresEncodable>(
        _ value: Value, as type: PostgresType? = nil
    ) throws(PostgresEncodingError) {
        let type = type ?? Value.postgresType, format = Value.postgresFormat(for: type), start = writer.count
        do throws(PostgresEncodingError) {
            guard count < UInt16.max else { throw PostgresEncodingError(.tooLarge, type: type, source: Value.self) }
            if value.isPostgresNull {
                writer.writeNull()
            } else {
                try writer.lengthPrefixed { (writer) throws(PostgresEncodingError) in
                    try value.encode(into: &writer, as: type, in: format)
                }
            }
            // PostgreSQL holds at most 1 GiB in one value, and as much in one message.
            guard writer.count - start <= 0x3FFF_FFFF else {
                throw PostgresEncodingError(.tooLarge, type: type, source: Value.self)
            }
        } catch {
            writer.truncate(to: start)
            var error = error
            error.index = count
            throw error
        }
        types.append(type)
        formats.append(format)
    }
}

extension PostgresParameters: CustomStringConvertible {
    /// Like `$1 int4, $2 text`.
    public var description: String {
        types.enumerated().map { "$\($0 + 1) \($1.name)" }.joined(separator: ", ")
    }
}
