/// Collects options during parsing.
struct OptionTable {
    /// A name that libpq does not know, with its value.
    struct Extra {
        let name: String
        let value: [UInt8]
        let offset: Int
    }

    private var values: [ConnectionString.Keyword: (bytes: [UInt8], offset: Int)] = [:]
    /// Every value of the names allowed in addition to libpq's, in the order they occurred.
    private(set) var extras: [Extra] = []
    private let allowed: [String]

    /// - Parameter allowed: the names allowed in addition to libpq's.
    init(allowing allowed: [String] = []) {
        self.allowed = allowed
    }

    /// Sets a keyword, replacing an earlier value; `false` if the name is unknown.
    mutating func set(_ name: [UInt8], _ value: [UInt8], offset: Int) -> Bool {
        if name.elementsEqual("requiressl".utf8) {  // from before sslmode
            values[.sslmode] = (Array((value.first == UInt8(ascii: "1") ? "require" : "prefer").utf8), offset)
            return true
        }
        if let keyword = ConnectionString.Keyword(bytes: name) {
            values[keyword] = (value, offset)
            return true
        }
        guard let extra = allowed.first(where: { $0.utf8.elementsEqual(name) }) else { return false }
        extras.append(Extra(name: extra, value: value, offset: offset))
        return true
    }

    /// The options that were set, in libpq's order.
    ///
    /// - Throws: ``ConnInfoError/invalidUTF8(offset:)``. It is checked last, so that errors that libpq reports come
    ///   first.
    func options() throws(ConnInfoError) -> [ConnectionString.Option] {
        var options: [ConnectionString.Option] = []
        for keyword in ConnectionString.Keyword.allCases {
            guard let (bytes, offset) = values[keyword] else { continue }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8(offset: offset) }
            options.append(ConnectionString.Option(keyword, text))
        }
        return options
    }
}

extension ConnectionString.Keyword {
    init?(bytes: [UInt8]) {
        guard let name = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(rawValue: name)
    }
}
