/// How properties of `Decodable` types map to columns.
public struct PostgresDecodableOptions: Sendable {
    /// How a property's key is converted to a column's name.
    public var keys: KeyStrategy
    /// The decoder for JSON columns, used for properties that are neither ``PostgresDecodable`` nor composite. By
    /// default Foundation's decoder with its default settings.
    public var json: (any PostgresJSONDecoding)?

    /// Creates options; by default keys are used as written, and Foundation's decoder reads JSON.
    public init(keys: KeyStrategy = .asWritten, json: (any PostgresJSONDecoding)? = nil) {
        self.keys = keys
        self.json = json
    }

    /// How a property's key is converted to a column's name.
    public enum KeyStrategy: Sendable {
        /// `createdAt` is the column `createdAt`.
        case asWritten
        /// `createdAt` is the column `created_at`, `imageURL` is `image_url`.
        case snakeCase
        /// The result of the function.
        case custom(@Sendable (String) -> String)

        func column(_ key: String) -> String {
            switch self {
            case .asWritten: key
            case .snakeCase: key.snakeCased
            case .custom(let function): function(key)
            }
        }
    }
}

/// Reads JSON into a `Decodable` type, as Foundation's `JSONDecoder` does.
public protocol PostgresJSONDecoding: Sendable {
    /// Decodes JSON as a type.
    func decode<Value: Decodable>(_ type: Value.Type, fromJSON text: [UInt8]) throws -> Value
}

extension PostgresRow {
    /// Decodes the row as a `Decodable` type. Without a decoder in `options`, JSON columns decode as text only.
    package func decodeByName<Value: Decodable>(
        _: Value.Type, options: PostgresDecodableOptions
    ) throws -> Value {
        try Value(from: RowDecoder(row: self, options: options, codingPath: []))
    }
}

extension String {
    /// The string with an underscore before each word except the first, all in lower case.
    var snakeCased: String {
        let letters = Array(unicodeScalars)
        var text = "".unicodeScalars
        for (index, letter) in letters.enumerated() {
            if index > 0, letter.properties.isUppercase {
                let isWordStart = !letters[index - 1].properties.isUppercase && letters[index - 1] != "_"
                let endsAcronym = letters[index - 1].properties.isUppercase && index + 1 < letters.count
                if isWordStart || endsAcronym && letters[index + 1].properties.isLowercase { text.append("_") }
            }
            text.append(contentsOf: letter.properties.lowercaseMapping.unicodeScalars)
        }
        return String(text)
    }
}
