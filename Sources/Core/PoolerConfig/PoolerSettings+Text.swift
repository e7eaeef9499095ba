extension PoolerSettings {
    /// Sets one setting from its text, whether or not it is reloadable.
    package mutating func set(_ name: String, to text: String) throws(SettingError) {
        guard let row = SettingTable.row(named: name) else { throw .unknownParameter(name) }
        try row.field.write(text, to: &self, name: name)
        written[name] = Secret(text)
    }

    /// `SET name = text` on the console: like ``set(_:to:)``, except that a restart-only setting silently stays.
    package mutating func change(_ name: String, to text: String) throws(SettingError) {
        guard let row = SettingTable.row(named: name) else { throw .unknownParameter(name) }
        guard row.isReloadable else { return }
        try set(name, to: text)
    }

    /// The value as `SHOW CONFIG` prints it; `nil` where it prints NULL, and for an unknown name.
    package func text(of name: String) -> String? {
        guard let row = SettingTable.row(named: name) else { return nil }
        return text(of: row)
    }

    /// The value as `SHOW CONFIG` prints it; `nil` where it prints NULL.
    package func text(of row: Setting) -> String? {
        row.field.read(from: self, written: written[row.name]?.exposedText)
    }

    /// Whether a time was written that PgBouncer cannot count, and that is 0 there.
    func isTooLong(_ name: String) -> Bool {
        guard case .seconds(let path)? = SettingTable.row(named: name)?.field else { return false }
        return self[keyPath: path] == .zero && (written[name].flatMap { Double($0.exposedText) } ?? 0) > 1
    }

    /// Whether the file, the command line or `SET` gave this setting a value.
    package func isExplicit(_ name: String) -> Bool { written[name] != nil }

    /// One line of `SHOW CONFIG`.
    package struct ConfigRow: Hashable, Sendable {
        package var key: String
        package var value: String?
        package var defaultValue: String?
        /// Shown as `yes` or `no`.
        package var isChangeable: Bool

        package init(key: String, value: String?, defaultValue: String?, isChangeable: Bool) {
            (self.key, self.value) = (key, value)
            (self.defaultValue, self.isChangeable) = (defaultValue, isChangeable)
        }
    }

    /// The lines of `SHOW CONFIG`, in order.
    package var configRows: [ConfigRow] {
        SettingTable.rows.map { row in
            ConfigRow(
                key: row.name, value: text(of: row), defaultValue: row.defaultText, isChangeable: row.isReloadable)
        }
    }

    /// What a `RELOAD` that read `new` leaves in force.
    ///
    /// Restart-only settings keep their present value. So does a setting without a default (``Setting/defaultText`` is
    /// `nil`, such as `auth_file`) that `new` does not mention: PgBouncer resets only what has a default.
    package func reloaded(with new: PoolerSettings) -> PoolerSettings {
        var result = new
        for row in SettingTable.rows {
            let keeps = !row.isReloadable || (row.defaultText == nil && !new.isExplicit(row.name))
            guard keeps else { continue }
            row.field.copy(from: self, to: &result)
            result.written[row.name] = written[row.name]
        }
        return result
    }

    /// What a second `[pgbouncer]` line in the file does: every setting that has a default goes back to it.
    mutating func restartSection() {
        var result = PoolerSettings()
        for row in SettingTable.rows where row.defaultText == nil {
            row.field.copy(from: self, to: &result)
            result.written[row.name] = written[row.name]
        }
        self = result
    }
}
