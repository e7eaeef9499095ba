/// Writes the reference page of all settings from the table.
package enum SettingReference {
    /// The whole of `docs/settings.md`.
    package static func markdown() -> String {
        """
        # Settings

        This page is generated from the settings table; change the table, not the page.

        The section `[pgbouncer]` of the configuration file takes these settings, and `SHOW CONFIG` on the console \
        shows them in this order. A time is in seconds and may have a fraction unless it says otherwise. Numbers may \
        be written in decimal, in octal with a leading `0` or in hexadecimal with a leading `0x`. As in PgBouncer, an \
        integer out of the range that a setting can use is accepted and shown as it was written, and the nearest one \
        in the range is used; only `listen_port`, `scram_iterations`, `tcp_keepcnt`, `tcp_keepidle`, \
        `tcp_keepintvl`, `tcp_user_timeout` and `workers` refuse it. Words are matched without regard to case.

        *Takes effect*: `reload` means that `RELOAD` and `SET` change it, `restart` that only a restart does. A \
        setting marked **not yet** is accepted and shown but does nothing yet.

        | Setting | Value | Default | Takes effect | Meaning |
        |---|---|---|---|---|
        \(lines(for: SettingTable.rows.filter { !$0.isOwn }))

        ## Settings that only Weir has

        PgBouncer does not have these.

        | Setting | Value | Default | Takes effect | Meaning |
        |---|---|---|---|---|
        \(lines(for: SettingTable.rows.filter(\.isOwn)))

        """
    }

    private static func lines(for rows: [Setting]) -> String { rows.map(line(for:)).joined(separator: "\n") }

    private static func line(for row: Setting) -> String {
        let cells = [
            "`\(row.name)`", row.typeName + rangeText(of: row), defaultText(of: row),
            row.isReloadable ? "reload" : "restart", (row.isActedOn ? "" : "**not yet** ") + row.summary,
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func defaultText(of row: Setting) -> String {
        switch row.defaultText {
        case nil: "unset"
        case "": "empty"
        case let text?: "`\(text)`"
        }
    }

    /// The bounds that say more than "fits in an integer and is not negative".
    private static func rangeText(of row: Setting) -> String {
        guard let range = row.range, range != SettingTable.count.range else { return "" }
        if case .octal = row.field {
            return ", 0 to 0\(String(range.upperBound, radix: 8))"
        }
        return range == SettingTable.positive.range ? ", at least 1" : ", \(range.lowerBound) to \(range.upperBound)"
    }
}
