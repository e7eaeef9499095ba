/// One setting of `[pgbouncer]`: what it is called, means, accepts and where its value lives.
package struct Setting: Sendable {
    /// As written in the file and shown by `SHOW CONFIG`.
    package let name: String
    let field: SettingField
    /// The text that gives the default value; `nil` where PgBouncer has none and the setting stays unset.
    package let defaultText: String?
    /// Whether `RELOAD` and `SET` change it; otherwise only a restart does.
    package let isReloadable: Bool
    /// False for a setting that is accepted and shown but does nothing yet.
    package let isActedOn: Bool
    /// True for a setting that PgBouncer does not have.
    package let isOwn: Bool
    /// One line with the unit, for the reference page.
    package let summary: String

    init(
        _ name: String, _ field: SettingField, default defaultText: String?, isReloadable: Bool = true,
        isActedOn: Bool = true, isOwn: Bool = false, _ summary: String
    ) {
        self.name = name
        self.field = field
        self.defaultText = defaultText
        self.isReloadable = isReloadable
        self.isActedOn = isActedOn
        self.isOwn = isOwn
        self.summary = summary
    }

    /// What kind of text it takes, for the reference page: `seconds`, `0 or 1`, `comma list`, ….
    package var typeName: String { field.typeName }

    /// The words an enumeration takes; empty for every other type.
    package var allowedValues: [String] {
        if case .choice(let choice) = field { choice.names } else { [] }
    }

    /// The whole numbers it acts on; `nil` for a setting that is not a number.
    package var range: ClosedRange<Int>? { numbers?.range }

    var numbers: UsableNumbers? {
        switch field {
        case .integer(_, let numbers), .octal(_, let numbers), .wholeSeconds(_, let numbers),
            .milliseconds(_, let numbers):
            numbers
        case .text, .optionalText, .secret, .databaseName, .path, .optionalPath, .flag, .seconds, .list, .choice,
            .checkQuery:
            nil
        }
    }
}
