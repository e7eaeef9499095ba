/// Every setting there is: the one source of names, types, defaults and documentation.
///
/// The parser, `SHOW CONFIG`, `SET`, the reference page and the defaults of ``PoolerSettings`` all come from here.
package enum SettingTable {
    /// PgBouncer's settings in the order of its `SHOW CONFIG`, then those that only Weir has.
    package static let rows: [Setting] = adminToConffile + defaultToReserve + resolvToServer + serviceToVerbose + own

    /// The row of that name. O(1).
    package static func row(named name: String) -> Setting? { index[name].map { rows[$0] } }

    private static let index: [String: Int] = Dictionary(
        rows.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })

    static let count = UsableNumbers(0...Int(Int32.max))
    static let positive = UsableNumbers(1...Int(Int32.max))
}
