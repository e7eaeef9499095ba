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

    /// The SQL that gives a server with these values the values that a client wants; `nil` when nothing differs.
    ///
    /// Every value is sent as the text that PostgreSQL reports for it, in the client's encoding. SET would read that text
    /// as one name where the setting is a list of names (`search_path`), while `set_config` reads it as the
    /// configuration file is read, which is right for every setting; it costs PostgreSQL more, so PgBouncer's five
    /// settings, none of which is a list of names, are given by SET.
    ///
    /// Source: PostgreSQL, functions-admin.html (`set_config`), and GUC_LIST_QUOTE in src/include/utils/guc.h
    package func commands(toReach wanted: TrackedParameters, names: TrackedNames) -> [UInt8]? {
        var sql: [UInt8] = []
        for index in values.indices {
            guard let value = wanted[index], value != values[index] else { continue }
            let name = names.names[index]
            if index < TrackedNames.standard.count {
                sql += "SET \(name)=".utf8
                Self.append(literal: value, to: &sql)
            } else {
                sql += "SELECT pg_catalog.set_config(".utf8
                Self.append(literal: Array(name.utf8), to: &sql)
                sql.append(UInt8(ascii: ","))
                Self.append(literal: value, to: &sql)
                sql += ",false)".utf8
            }
            sql.append(UInt8(ascii: ";"))
        }
        return sql.isEmpty ? nil : sql
    }

    /// Takes over the server's spelling after the commands have succeeded: `ISO` has become `ISO, MDY`, and is not set
    /// again for every transaction.
    package mutating func adopt(_ server: TrackedParameters) {
        for index in values.indices where values[index] != nil {
            if let value = server[index] { values[index] = value }
        }
    }

    /// Appends a string literal that reads the same whatever `standard_conforming_strings` says.
    private static func append(literal value: [UInt8], to sql: inout [UInt8]) {
        let (quote, backslash) = (UInt8(ascii: "'"), UInt8(ascii: "\\"))
        if value.contains(backslash) { sql.append(UInt8(ascii: "E")) }
        sql.append(quote)
        for byte in value {
            if byte == quote || byte == backslash { sql.append(byte) }
            sql.append(byte)
        }
        sql.append(quote)
    }
}
