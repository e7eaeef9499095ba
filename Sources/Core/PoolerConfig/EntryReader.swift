/// Why one entry was refused: the line for the log, without the place and without any secret.
struct EntryRefusal: Error, Hashable {
    var message: String
}

/// Walks over the pairs of one entry and reads the values that several sections share.
struct EntryReader {
    /// Remarks about values that were accepted with a guess.
    private(set) var remarks: [String] = []

    private var connectString: ConnectString
    private let syntaxErrorMessage: String
    private var previousKey = ""
    private var pair = ConnectString.Pair(key: "", value: [])

    init(_ value: [UInt8], onSyntaxError message: String) {
        connectString = ConnectString(value)
        syntaxErrorMessage = message
    }

    /// Moves to the next pair and returns its key; `nil` at the end.
    mutating func nextKey() throws(EntryRefusal) -> String? {
        previousKey = pair.key
        do {
            guard let next = try connectString.next() else { return nil }
            pair = next
            return next.key
        } catch {
            throw EntryRefusal(message: syntaxErrorMessage)
        }
    }

    var text: String { pair.text }

    var bytes: [UInt8] { pair.value }

    /// The refusal of a key that no section of this kind knows.
    ///
    /// After a password the "key" may be the rest of a password written without quotes, so it is not repeated.
    func unknownKey(_ kind: String) -> EntryRefusal {
        let name = previousKey == "password" ? "<redacted> (after password)" : pair.key
        return EntryRefusal(message: "unrecognized \(kind) parameter: \(name)")
    }

    /// A port: any number but 0, as PgBouncer takes it. TCP uses the lower 16 bits, a Unix socket the number itself.
    func port() throws(EntryRefusal) -> Int {
        let value = Self.cInteger(pair.value).value
        guard value != 0 else { throw EntryRefusal(message: "invalid port: \(text)") }
        return value
    }

    /// A name of at most `limit` bytes; the rest of a longer one is cut off, as PgBouncer does.
    mutating func name(limit: Int) -> String {
        guard bytes.count > limit else { return text }
        let name = String(decoding: bytes.prefix(limit), as: UTF8.self)
        remarks.append("too long \(pair.key) name, cut off after \(limit) bytes: \(name)")
        return name
    }

    /// A size where 0 is a value of its own; negative means "not set".
    mutating func size() -> Int? {
        let value = wholeNumber()
        return value < 0 ? nil : value
    }

    /// A limit that is only set when positive.
    mutating func limit() -> Int? {
        let value = wholeNumber()
        return value <= 0 ? nil : value
    }

    /// A time in seconds. PgBouncer ignores a fraction here, Weir does not. A negative time never comes, as in PgBouncer.
    mutating func seconds() -> Duration {
        if !Int.readingPrefix(pair.value).isWhole, let duration = Duration(settingSeconds: text) { return duration }
        return Duration(wrappingSeconds: wholeNumber())
    }

    /// A time in seconds that is only set when it is not 0.
    mutating func positiveSeconds() -> Duration? {
        let duration = seconds()
        return duration == .zero ? nil : duration
    }

    func poolMode() throws(EntryRefusal) -> PoolMode {
        guard let mode = PoolMode(caseInsensitive: text) else {
            throw EntryRefusal(message: "invalid pool mode: \(text)")
        }
        return mode
    }

    func loadBalanceHosts() throws(EntryRefusal) -> LoadBalanceHosts {
        guard let mode = LoadBalanceHosts(caseInsensitive: text) else {
            throw EntryRefusal(message: "invalid load_balance_hosts: \(text)")
        }
        return mode
    }

    /// Reads the number at the start of the value, as PgBouncer does; what follows it is only worth a remark.
    private mutating func wholeNumber() -> Int {
        let (value, isAsWritten) = Self.cInteger(pair.value)
        if !isAsWritten { remarks.append("\(pair.key)=\(text) is not a whole number in range, taken as \(value)") }
        return value
    }

    /// `atoi`: the lower 32 bits of the number at the start, and whether that is what the text says.
    private static func cInteger(_ bytes: [UInt8]) -> (value: Int, isAsWritten: Bool) {
        let (number, isWhole) = Int.readingPrefix(bytes)
        let value = Int(Int32(truncatingIfNeeded: number))
        return (value, isWhole && value == number)
    }
}
