/// Which run-time parameters follow a client from server to server.
///
/// PgBouncer's five, and those of `track_extra_parameters`. Names compare without case, as PostgreSQL's do.
package struct TrackedNames: Hashable, Sendable {
    package let names: [String]
    private let folded: [String]

    package static let standard = [
        "client_encoding", "DateStyle", "TimeZone", "standard_conforming_strings", "application_name",
    ]

    package init(extra: [String] = []) {
        var names = Self.standard
        var folded = names.map { $0.lowercased() }
        for name in extra where !folded.contains(name.lowercased()) {
            names.append(name)
            folded.append(name.lowercased())
        }
        self.names = names
        self.folded = folded
    }

    package var count: Int { names.count }

    /// O(number of tracked parameters), a handful.
    package func index(of name: String) -> Int? { folded.firstIndex(of: name.lowercased()) }
}

/// The values of the tracked parameters in one session; `nil` where none is known.
///
/// Public because the compiler inlines nothing of another module that is only `package`.
public struct TrackedParameters: Hashable, Sendable {
    @usableFromInline package private(set) var values: [[UInt8]?]

    package init(count: Int) { values = Array(repeating: nil, count: count) }

    package subscript(index: Int) -> [UInt8]? {
        get { values.indices.contains(index) ? values[index] : nil }
        set { if values.indices.contains(index) { values[index] = newValue } }
    }

    /// Whether the two are one value in memory: equal for certain, and found out in one look.
    @inlinable public func sharesValues(with other: TrackedParameters) -> Bool {
        unsafe values.withUnsafeBufferPointer { left in
            unsafe other.values.withUnsafeBufferPointer { right in unsafe left.baseAddress == right.baseAddress }
        }
    }

    public func hash(into hasher: inout Hasher) {
        for value in values {
            hasher.combine(value?.count)
            unsafe value?.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }
    }

    /// Takes over from `other` what is not known here.
    package mutating func fillUnknown(from other: TrackedParameters) {
        for index in values.indices where values[index] == nil { values[index] = other[index] }
    }

    /// The commands that give a server with these values the values a client wants; `nil` when there is nothing to do.
    package func commands(toReach wanted: TrackedParameters, names: TrackedNames) -> String? {
        var sql = ""
        for index in values.indices {
            guard let value = wanted[index], value != values[index] else { continue }
            let isList = Self.listNames.contains(names.names[index].lowercased()) && Self.isQuotedList(value)
            let text = isList ? String(decoding: value, as: UTF8.self) : Self.literal(value)
            sql += "SET \(names.names[index])=\(text);"
        }
        return sql.isEmpty ? nil : sql
    }

    /// After the commands succeeded, both sides hold the server's spelling: `ISO` has become `ISO, MDY`, and is not set
    /// again for every transaction.
    package mutating func adopt(_ server: TrackedParameters) {
        for index in values.indices where values[index] != nil {
            if let value = server[index] { values[index] = value }
        }
    }

    /// Settings whose value is a list that the server reports already quoted (`GUC_LIST_QUOTE`): a literal around it
    /// would turn the list into one name.
    private static let listNames: Set<String> = [
        "search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries",
        "shared_preload_libraries", "unix_socket_directories",
    ]

    /// Names, plain or in double quotes, with commas between; nothing that could end the command.
    static func isQuotedList(_ value: [UInt8]) -> Bool {
        var isQuoted = false
        for byte in value {
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if !isQuoted {
                let isWord =
                    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte >= 0x80
                guard isWord || Array("_$, ".utf8).contains(byte) else { return false }
            }
        }
        return !isQuoted && !value.isEmpty
    }

    /// A string literal that reads the same whatever `standard_conforming_strings` says.
    static func literal(_ value: [UInt8]) -> String {
        let text = String(decoding: value, as: UTF8.self)
        var quoted = text.contains("\\") ? "E'" : "'"
        for character in text.unicodeScalars {
            if character == "'" || character == "\\" { quoted.unicodeScalars.append(character) }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "'"
    }
}
