/// Reads typed values from a completed connection string, and rejects those that libpq rejects.
struct OptionReader {
    let string: ConnectionString

    /// The value of a keyword; `nil` if it is not set, or empty where libpq treats that the same.
    func text(_ keyword: ConnectionString.Keyword) -> String? {
        string[keyword].flatMap { $0.isEmpty ? nil : $0 }
    }

    func secret(_ keyword: ConnectionString.Keyword) -> Secret? {
        text(keyword).map { Secret($0) }
    }

    /// The value as one of several words; the empty string is not one of them.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ keyword: ConnectionString.Keyword, default missing: Choice
    ) throws(ConnectionOptionsError) -> Choice {
        guard let value = string[keyword] else { return missing }
        guard let choice = Choice(rawValue: value) else {
            throw .invalidValue(keyword, value, expected: Choice.allCases.map(\.rawValue))
        }
        return choice
    }

    /// The value as C parses an integer; `nil` if the keyword is not set.
    func integer(_ keyword: ConnectionString.Keyword) throws(ConnectionOptionsError) -> Int32? {
        guard let value = string[keyword] else { return nil }
        guard let number = Int32(likeC: value) else { throw .notAnInteger(keyword, value) }
        return number
    }

    /// A number greater than zero; `nil` if the keyword is not set, or the number is not positive.
    func positive(_ keyword: ConnectionString.Keyword) throws(ConnectionOptionsError) -> Int? {
        try integer(keyword).flatMap { $0 > 0 ? Int($0) : nil }
    }

    /// A flag that libpq does not parse as a number: a value that begins with `1` means on.
    func flag(_ keyword: ConnectionString.Keyword) -> Bool {
        string[keyword]?.utf8.first == UInt8(ascii: "1")
    }

    func protocolVersion(_ keyword: ConnectionString.Keyword) throws(ConnectionOptionsError)
        -> ConnectionOptions.ProtocolVersion?
    {
        guard let value = string[keyword] else { return nil }
        if value == "latest" { return .latest }
        guard let version = ConnectionOptions.ProtocolVersion(rawValue: value) else {
            let known = ConnectionOptions.ProtocolVersion.allCases.map(\.rawValue)
            throw .invalidValue(keyword, value, expected: known + ["latest"])
        }
        return version
    }

    /// The TLS version; `nil` for an empty value too, which means no limit.
    func tlsVersion(_ keyword: ConnectionString.Keyword) throws(ConnectionOptionsError) -> ConnectionOptions.TLSVersion?
    {
        guard let value = text(keyword) else { return nil }
        let versions = ConnectionOptions.TLSVersion.allCases
        guard let version = versions.first(where: { $0.rawValue.lowercased() == value.lowercased() }) else {
            throw .invalidValue(keyword, value, expected: versions.map(\.rawValue))
        }
        return version
    }

    /// The value as the server parses it: `database`, or a boolean in PostgreSQL's spellings.
    func replication() throws(ConnectionOptionsError) -> ConnectionOptions.Replication {
        guard let value = text(.replication) else { return .none }
        let lower = value.lowercased()
        if value == "database" { return .logical }
        if lower == "1" || lower == "on" || "true".hasPrefix(lower) || "yes".hasPrefix(lower) { return .physical }
        if lower == "0" || lower == "of" || lower == "off" || "false".hasPrefix(lower) || "no".hasPrefix(lower) {
            return .none
        }
        throw .invalidValue(.replication, value, expected: ["true", "false", "database"])
    }

    func scramKey(_ keyword: ConnectionString.Keyword) throws(ConnectionOptionsError) -> Secret? {
        guard let value = string[keyword] else { return nil }
        guard let key = Base64.decode(value) else { throw .scramKey(keyword) }
        guard key.count == 32 else { throw .scramKeyLength(keyword, key.count) }
        return Secret(key)
    }
}

/// Base64 of RFC 4648, padded, without blanks.
enum Base64 {
    static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard digits.count % 4 == 0, padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        var pending: UInt32 = 0
        for (index, digit) in digits.dropLast(padding).enumerated() {
            guard let value = value(digit) else { return nil }
            pending = pending << 6 | value
            if index % 4 > 0 { bytes.append(UInt8(truncatingIfNeeded: pending >> (6 - 2 * UInt32(index % 4)))) }
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
