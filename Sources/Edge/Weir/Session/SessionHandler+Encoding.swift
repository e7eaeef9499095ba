// Text is UTF-8: Swift's strings are, and the log-in requests it. A statement can change `client_encoding` later.
extension SessionHandler {
    /// Records the server's `client_encoding`.
    func noteEncoding(_ name: String) {
        let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
        unsupportedEncoding = plain == "utf8" || plain == "unicode" ? nil : name
        // The next lease must not inherit the encoding, and `set_config` has no tag that reveals it.
        if unsupportedEncoding != nil { state.alter(.settings) }
    }

    /// Closes a connection whose text would be garbled silently.
    func refuseEncoding(_ name: String) { close(.unsupportedEncoding(name)) }
}

extension PostgresError {
    static func unsupportedEncoding(_ name: String) -> PostgresError {
        PostgresError(
            .misuse,
            "the connection was closed: client_encoding was set to \(name), and Weir supports only UTF-8")
    }
}
