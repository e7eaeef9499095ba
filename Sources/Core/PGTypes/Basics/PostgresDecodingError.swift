/// Why a value could not become what was asked for.
///
/// It names the column, the type and the Swift type, never the value: values may be secrets, and errors are logged.
public struct PostgresDecodingError: Error, Sendable {
    /// What was wrong.
    public var code: Code
    /// The value's type; `nil` if no value was reached.
    public var type: PostgresType?
    /// The value's format; `nil` if no value was reached.
    public var format: PostgresFormat?
    /// The Swift type that was asked for.
    public var target: any Any.Type
    /// The column's name, as far as it is known.
    public var column: String?
    /// The column's place in its row, counted from 0; in a composite value, the field's.
    public var index: Int?

    /// An error without a column; the row it comes from adds it.
    public init<Target>(
        _ code: Code, type: PostgresType? = nil, format: PostgresFormat? = nil, target: Target.Type,
        column: String? = nil, index: Int? = nil
    ) {
        self.code = code
        self.type = type
        self.format = format
        self.target = target
        self.column = column
        self.index = index
    }

    /// Kinds of errors; there may be more in later versions.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// What happened, in a few words.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// The value is NULL and the type has no place for it; ask for an optional.
        public static let unexpectedNull = Code("is NULL")
        /// Values of this type never become that Swift type.
        public static let typeMismatch = Code("is of another kind")
        /// The value lies outside the Swift type's range, or would lose digits.
        public static let outOfRange = Code("does not fit")
        /// The value is infinite or not a number, and the Swift type has no such value.
        public static let notFinite = Code("is infinite or not a number")
        /// The bytes are not a value of their type.
        public static let malformed = Code("is malformed")
        /// Text that is not UTF-8; see `client_encoding`.
        public static let invalidText = Code("is not valid UTF-8")
        /// The array has another number of dimensions.
        public static let wrongDimensions = Code("has another number of dimensions")
        /// The text or number is none of the cases.
        public static let unknownCase = Code("is none of the cases")
        /// There is no such column.
        public static let missingColumn = Code("there is no such column")
        /// Several columns have the name; name them apart with `AS`.
        public static let ambiguousColumn = Code("several columns have this name")
        /// The row has another number of columns.
        public static let wrongColumnCount = Code("another number of columns was expected")
        /// A value of our own kinds threw this from its initializer.
        public static let custom = Code("was refused")
    }
}

extension PostgresDecodingError: CustomStringConvertible {
    /// Like `column "age" (int8, binary) does not fit: Int32 was asked for`.
    public var description: String {
        var text = ""
        if let column {
            text += "column \"\(column)\""
        } else if let index {
            text += "column \(index + 1)"
        } else {
            text += "value"
        }
        if let type {
            text += " (\(type.name)"
            if let format { text += format == .binary ? ", binary" : ", text" }
            text += ")"
        }
        switch code {
        case .missingColumn, .ambiguousColumn, .wrongColumnCount: text += ": \(code)"
        default: text += " \(code)"
        }
        return text + ": \(target) was asked for"
    }
}
