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

    func port() throws(EntryRefusal) -> Int {
        let (value, _) = Int.readingPrefix(pair.value)
        guard (1...65_535).contains(value) else { throw EntryRefusal(message: "invalid port: \(text)") }
        return value
    }

    /// A size where 0 is a value of its own; negative means "not set".
    mutating func size() throws(EntryRefusal) -> Int? {
        let value = try wholeNumber()
        return value < 0 ? nil : value
    }

    /// A limit that is only set when positive.
    mutating func limit() throws(EntryRefusal) -> Int? {
        let value = try wholeNumber()
        return value <= 0 ? nil : value
    }

    /// A time in seconds. PgBouncer cuts fractions here; we keep them.
    mutating func seconds() throws(EntryRefusal) -> Duration {
        if let duration = Duration(settingSeconds: text) { return duration }
        let value = try wholeNumber()
        guard value >= 0 else { throw EntryRefusal(message: "invalid \(pair.key): \(text)") }
        return .seconds(value)
    }

    /// A time in seconds that is only set when positive.
    mutating func positiveSeconds() throws(EntryRefusal) -> Duration? {
        let duration = try seconds()
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
    private mutating func wholeNumber() throws(EntryRefusal) -> Int {
        let (value, isWhole) = Int.readingPrefix(pair.value)
        guard Int(Int32.min)...Int(Int32.max) ~= value else {
            throw EntryRefusal(message: "invalid \(pair.key): \(text)")
        }
        if !isWhole { remarks.append("\(pair.key)=\(text) is not a whole number, taken as \(value)") }
        return value
    }
}
