/// Keys with values, which may be NULL: `hstore`, from the extension of that name.
///
///     Int32 count | count × (Int32 length | key | Int32 length, −1 for NULL | value)
///
/// Source: PostgreSQL, contrib/hstore/hstore_io.c, hstore_send; hstore.html
public struct PostgresHStore: Hashable, Sendable {
    /// The keys and their values.
    public var values: [String: String?]

    /// Creates an hstore.
    public init(_ values: [String: String?]) { self.values = values }

    /// The pairs in PostgreSQL's order: shorter keys first, keys of the same length by their bytes.
    private var sorted: [(key: String, value: String?)] {
        values.sorted { left, right in
            let (first, second) = (left.key.utf8, right.key.utf8)
            return first.count == second.count ? first.lexicographicallyPrecedes(second) : first.count < second.count
        }
    }
}

extension PostgresHStore: ExpressibleByDictionaryLiteral {
    /// Creates an hstore; if a key occurs more than once, the last value is kept.
    public init(dictionaryLiteral elements: (String, String?)...) {
        self.init(Dictionary(elements) { _, last in last })
    }
}

extension PostgresHStore: PostgresScalar {
    /// Left to the server: the type's OID differs between databases.
    public static var postgresType: PostgresType { .unspecified }

    /// The type named `hstore`.
    public static func accepts(_ type: PostgresType) -> Bool { type.isHStore }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let count = Int(try reader.integer(Int32.self))
        guard count >= 0, count <= reader.remaining / 8 else { throw reader.malformed }
        values = [:]
        for _ in 0..<count {
            guard let key = try Self.text(&reader) else { throw reader.malformed }
            values.updateValue(try Self.text(&reader), forKey: key)
        }
    }

    private static func text(_ reader: inout PostgresReader) throws(PostgresDecodingError) -> String? {
        guard let bytes = try reader.lengthPrefixed() else { return nil }
        guard let text = String(utf8: bytes) else { throw reader.error(.invalidText) }
        return text
    }

    /// Appends the binary form, keys in order.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(Int32(clamping: values.count))
        for (key, value) in sorted {
            writer.lengthPrefixed { $0.write(key) }
            if let value { writer.lengthPrefixed { $0.write(value) } } else { writer.writeNull() }
        }
    }

    /// Reads `"a"=>"1", "b"=>NULL`, as the extension writes it.
    public init?(_ description: String) {
        let values = description.scanned { cursor -> [String: String?]? in
            var values: [String: String?] = [:]
            while !cursor.isAtEnd {
                guard values.isEmpty || cursor.skip(", "), let key = cursor.quoted(), cursor.skip("=>") else {
                    return nil
                }
                guard let name = String(validating: key, as: UTF8.self) else { return nil }
                if cursor.skip("NULL") {
                    values.updateValue(nil, forKey: name)
                } else {
                    guard let value = cursor.quoted(), let text = String(validating: value, as: UTF8.self) else {
                        return nil
                    }
                    values.updateValue(text, forKey: name)
                }
            }
            return values
        }
        guard let values else { return nil }
        self.init(values)
    }

    /// As the extension writes it, keys in order.
    public var description: String {
        sorted.map { "\(Self.quoted($0.key))=>\($0.value.map(Self.quoted) ?? "NULL")" }.joined(separator: ", ")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : String($1) } + "\""
    }
}
