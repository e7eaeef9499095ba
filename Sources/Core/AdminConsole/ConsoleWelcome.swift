package import PGWire

/// The run-time parameters the console reports after login; it has no others.
package enum ConsoleWelcome {
    package static let parameters: [(name: String, value: String)] = [
        ("server_version", PoolerVersion.consoleServerVersion),
        ("client_encoding", "UTF8"),
        ("server_encoding", "UTF8"),
        ("DateStyle", "ISO"),
        ("TimeZone", "GMT"),
        ("standard_conforming_strings", "on"),
        ("is_superuser", "on"),
    ]

    /// Writes one ParameterStatus each.
    ///
    /// AuthenticationOk, BackendKeyData and ReadyForQuery are the daemon's.
    package static func encode(into writer: inout WireWriter) {
        for (name, value) in parameters {
            ParameterStatus(name: name, value: Array(value.utf8)).encode(into: &writer)
        }
    }
}
