import DevPostgres

/// The text that `weir dev` prints when it is ready.
enum DevBanner {
    static func text(_ configuration: DevConfiguration, cluster: DevCluster?, isKept: Bool) -> String {
        let folder = configuration.folder.path
        let server = cluster.map { "PostgreSQL \($0.version)" } ?? "The database of \(configuration.upstream.host)"
        var lines = [
            "\(server) is ready, pooled by weir (pool_mode \(configuration.poolMode)).",
            "",
            "  \(configuration.uri)",
            "",
            "  psql           psql '\(configuration.uri)'",
            "  admin console  psql '\(configuration.consoleURI)' -c 'SHOW POOLS'",
        ]
        if cluster != nil { lines.append("  files          \(folder) (\(isKept ? "kept" : "removed at the end"))") }
        lines += ["  pooler's log   \(folder)/\(DevConfiguration.logName)", "", "Ctrl-C stops everything."]
        return lines.joined(separator: "\n")
    }
}
