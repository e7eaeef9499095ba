typealias SettingPath<Value> = any (WritableKeyPath<PoolerSettings, Value> & Sendable)

/// Ties a row of the table to a field of ``PoolerSettings``, and says how text becomes its value and back.
enum SettingField: Sendable {
    case text(SettingPath<String>)
    case optionalText(SettingPath<String?>)
    /// Text that may hold a password.
    case secret(SettingPath<Secret?>)
    /// A database other than the console's.
    case databaseName(SettingPath<String?>)
    case path(SettingPath<String>)
    case optionalPath(SettingPath<String?>)
    case integer(SettingPath<Int>, UsableNumbers)
    /// Permissions, written in octal with a leading zero; shown in decimal, as PgBouncer does.
    case octal(SettingPath<Int>, UsableNumbers)
    case flag(SettingPath<Bool>)
    /// Seconds with fractions, down to a microsecond.
    case seconds(SettingPath<Duration>)
    case wholeSeconds(SettingPath<Duration>, UsableNumbers)
    case milliseconds(SettingPath<Duration>, UsableNumbers)
    case list(SettingPath<[String]>, ListSeparator)
    case choice(ChoiceField)
    case checkQuery(SettingPath<CheckQuery>)
}

/// What separates the items of a list.
enum ListSeparator: Sendable {
    case commas
    /// Lists that PgBouncer searches for a name: blanks separate as well as commas.
    case commasAndBlanks
}

/// An enumeration's words and the field they set.
struct ChoiceField: Sendable {
    let names: [String]
    let read: @Sendable (PoolerSettings) -> String
    /// Returns false and changes nothing when the text is none of ``names``.
    let write: @Sendable (inout PoolerSettings, String) -> Bool

    init<Choice: SettingChoice>(_ path: SettingPath<Choice>) {
        names = Choice.allCases.map(\.rawValue)
        read = { $0[keyPath: path].rawValue }
        write = { settings, text in
            guard let choice = Choice(caseInsensitive: text) else { return false }
            settings[keyPath: path] = choice
            return true
        }
    }
}

extension SettingField {
    static func choice<Choice: SettingChoice>(_ path: SettingPath<Choice>) -> SettingField {
        .choice(ChoiceField(path))
    }

    var typeName: String {
        switch self {
        case .text, .optionalText, .secret: "text"
        case .databaseName: "database name"
        case .path, .optionalPath: "path"
        case .integer: "integer"
        case .octal: "octal"
        case .flag: "0 or 1"
        case .seconds: "seconds"
        case .wholeSeconds: "whole seconds"
        case .milliseconds: "milliseconds"
        case .list: "comma list"
        case .choice(let choice): choice.names.joined(separator: ", ")
        case .checkQuery: "SQL"
        }
    }
}
