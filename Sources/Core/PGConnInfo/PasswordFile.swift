/// libpq's password file, with `host:port:database:user:password` on each line.
///
/// A field that is just `*` matches anything; a backslash escapes the next character. The first matching line counts,
/// even if its password is empty, and the password ends at the first unescaped colon. A line that begins with `#` is a
/// comment.
///
/// Source: PostgreSQL 18, libpq-pgpass.html, and libpq 18 itself.
public enum PasswordFile {
    /// Finds the password for a connection; `nil` if no line matches.
    ///
    /// - Parameters:
    ///   - file: the bytes of the file.
    ///   - host: `localhost` for the default socket directory, otherwise the host as it was given: the name rather than
    ///     the address, or the path of another socket directory.
    ///   - port: the port as it was given; ports are compared as text.
    ///   - database: the database's name.
    ///   - user: the role's name.
    /// - Complexity: O(*n*)
    public static func password(in file: [UInt8], host: String, port: String, database: String, user: String) -> Secret?
    {
        guard !database.isEmpty, !user.isEmpty else { return nil }
        let wanted = [host, port, database, user].map { Array($0.utf8) }
        let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // C strings end at a zero byte; C then does not see the end of the line, and appends the next line, if any.
        var pending: [UInt8] = []
        for (index, line) in lines.enumerated() {
            pending += line.prefix { $0 != 0 }
            let isLast = index == lines.count - 1
            if isLast && line.isEmpty { return nil }
            if line.contains(0) && !isLast { continue }
            if let password = password(in: pending[...], for: wanted) { return password }
            pending.removeAll(keepingCapacity: true)
        }
        return nil
    }

    private static func password(in line: ArraySlice<UInt8>, for wanted: [[UInt8]]) -> Secret? {
        guard line.first != UInt8(ascii: "#") else { return nil }
        var rest = line
        while rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        for value in wanted {
            guard let next = self.rest(of: rest, after: value) else { return nil }
            rest = next
        }
        return Secret(firstField(of: rest))
    }

    /// The line after the first field and its colon; `nil` if the field does not match the value.
    private static func rest(of line: ArraySlice<UInt8>, after value: [UInt8]) -> ArraySlice<UInt8>? {
        if line.starts(with: "*:".utf8) { return line.dropFirst(2) }
        var line = line
        for byte in value {
            // An unescaped colon ends the field, unless the value has a colon at that position.
            if line.first == UInt8(ascii: "\\") { line.removeFirst() }
            guard line.popFirst() == byte else { return nil }
        }
        return line.popFirst() == UInt8(ascii: ":") ? line : nil
    }

    /// A trailing backslash is kept.
    private static func firstField(of line: ArraySlice<UInt8>) -> [UInt8] {
        var line = line
        var field: [UInt8] = []
        while let byte = line.popFirst(), byte != UInt8(ascii: ":") {
            field.append(byte == UInt8(ascii: "\\") ? line.popFirst() ?? byte : byte)
        }
        return field
    }
}
