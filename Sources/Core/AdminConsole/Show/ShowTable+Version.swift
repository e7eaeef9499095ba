extension ShowTable {
    /// SHOW VERSION.
    package static var version: ShowTable {
        ShowTable(columns: columns(.text, "version"), rows: [[PoolerVersion.banner]])
    }

    /// SHOW of a parameter that the console only pretends to have.
    package static func parameter(_ parameter: ProbeParameter) -> ShowTable {
        ShowTable(columns: columns(.text, parameter.rawValue), rows: [[parameter.value]])
    }
}
