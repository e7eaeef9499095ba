// Texts are UTF-8: Swift's are nothing else, and the log-in asks for it. A statement can ask for something else afterwards.
extension SessionHandler {
    /// Notes what the server says of its `client_encoding`.
    func noteEncoding(_ name: String) {
        let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
        foreignEncoding = plain == "utf8" || plain == "unicode" ? nil : name
        // Whoever gets the connection next must not inherit it, and `set_config` has no tag that tells.
        if foreignEncoding != nil { state.alter(.settings) }
    }

    /// Closes a connection whose texts would be garbled without anybody noticing.
    func refuseEncoding(_ name: String) { close(.foreignEncoding(name)) }
}

extension PostgresError {
    static func foreignEncoding(_ name: String) -> PostgresError {
        PostgresError(
            .misuse,
            "the connection was closed: SET client_encoding made it \(name), and texts are sent and read as UTF-8 only")
    }
}
