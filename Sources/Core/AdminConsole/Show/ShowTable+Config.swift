/// One setting, for SHOW CONFIG.
package struct ConfigRow: Hashable, Sendable {
    package var key: String
    package var value: String?
    package var defaultValue: String?
    /// RELOAD and SET change it; otherwise only a restart does.
    package var isChangeable: Bool

    package init(key: String, value: String?, defaultValue: String?, isChangeable: Bool) {
        self.key = key
        self.value = value
        self.defaultValue = defaultValue
        self.isChangeable = isChangeable
    }
}

extension ShowTable {
    /// SHOW CONFIG.
    package static func config(_ settings: [ConfigRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "key", "value", "default", "changeable"),
            rows: settings.map { [$0.key, $0.value, $0.defaultValue, $0.isChangeable ? "yes" : "no"] })
    }
}
