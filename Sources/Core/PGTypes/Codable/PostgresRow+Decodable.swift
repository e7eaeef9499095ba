/// How properties of `Decodable` types find their columns.
public struct PostgresDecodableOptions: Sendable {
    /// How a property's key becomes a column's name.
    public var keys: KeyStrategy
    /// What reads properties that are neither one of PostgreSQL's kinds of values nor composite, from JSON columns. By default
    /// Foundation's decoder as it comes.
    public var json: (any PostgresJSONDecoding)?

    /// By default keys as they are written, and Foundation's decoder for JSON.
    public init(keys: KeyStrategy = .asWritten, json: (any PostgresJSONDecoding)? = nil) {
        self.keys = keys
        self.json = json
    }

    /// How a property's key becomes a column's name.
    public enum KeyStrategy: Sendable {
        /// `createdAt` is the column `createdAt`.
        case asWritten
        /// `createdAt` is the column `created_at`, `imageURL` is `image_url`.
        case snakeCase
        /// As the function says.
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
    /// What the JSON means as that type.
    func decode<Value: Decodable>(_ type: Value.Type, fromJSON text: [UInt8]) throws -> Value
}

extension PostgresRow {
    /// The row as a `Decodable` type. Without a decoder in `options` JSON columns are texts and nothing else.
    package func decodeByName<Value: Decodable>(
        _: Value.Type, options: PostgresDecodableOptions
    ) throws -> Value {
        try Value(from: RowDecoder(row: self, options: options, codingPath: []))
    }
}

extension String {
    /// With an underscore in front of each word but the first, all in lower case.
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
