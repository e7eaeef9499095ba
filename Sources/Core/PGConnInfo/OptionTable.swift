/// Collects options while a string is parsed.
struct OptionTable {
    private var values: [ConnectionString.Keyword: String] = [:]

    /// Sets a keyword, again if need be; `false` if libpq does not know it.
    ///
    /// - Throws: ``ConnInfoError/invalidUTF8(offset:)``. libpq would take the bytes as they are.
    mutating func set(_ name: [UInt8], _ value: [UInt8], offset: Int) throws(ConnInfoError) -> Bool {
        if name.elementsEqual("requiressl".utf8) {  // from before sslmode
            values[.sslmode] = value.first == UInt8(ascii: "1") ? "require" : "prefer"
            return true
        }
        guard let keyword = ConnectionString.Keyword(bytes: name) else { return false }
        guard let text = String(validating: value, as: UTF8.self) else { throw .invalidUTF8(offset: offset) }
        values[keyword] = text
        return true
    }

    /// What was set, in libpq's order.
    var options: [ConnectionString.Option] {
        ConnectionString.Keyword.allCases.compactMap { keyword in
            values[keyword].map { ConnectionString.Option(keyword, $0) }
        }
    }
}

extension ConnectionString.Keyword {
    init?(bytes: [UInt8]) {
        guard let name = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(rawValue: name)
    }
}
