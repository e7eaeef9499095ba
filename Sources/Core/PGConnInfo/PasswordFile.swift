/// libpq's password file: `host:port:database:user:password` in each line.
///
/// A field that is `*` alone stands for anything; a backslash takes the next character as it is. The first line that
/// fits counts, even if its password is empty, and the password ends at the first colon that no backslash protects.
/// A line that begins with `#` is a comment.
///
/// Source: PostgreSQL 18, libpq-pgpass.html, and libpq 18 itself.
public enum PasswordFile {
    /// The password for a connection, or `nil` if no line fits.
    ///
    /// - Parameters:
    ///   - file: the bytes of the file.
    ///   - host: `localhost` for the default socket directory, otherwise as it was given: the name rather than the
    ///     address, the path of another socket directory.
    ///   - port: as it was given; ports are compared as texts.
    ///   - database: the database's name.
    ///   - user: the role's name.
    /// - Complexity: O(*n*)
    public static func password(in file: [UInt8], host: String, port: String, database: String, user: String) -> Secret?
    {
        guard !database.isEmpty, !user.isEmpty else { return nil }
        let wanted = [host, port, database, user].map { Array($0.utf8) }
        let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // C's strings end at a zero byte, and C's line, whose end was not seen then, goes on with the next one, if any.
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
            guard let next = self.rest(of: rest, behind: value) else { return nil }
            rest = next
        }
        return Secret(firstField(of: rest))
    }

    /// What follows the first field and its colon; `nil` if the field is not the value's.
    private static func rest(of line: ArraySlice<UInt8>, behind value: [UInt8]) -> ArraySlice<UInt8>? {
        if line.starts(with: "*:".utf8) { return line.dropFirst(2) }
        var line = line
        for byte in value {
            // Without a backslash a colon ends the field, unless the value has one just there.
            if line.first == UInt8(ascii: "\\") { line.removeFirst() }
            guard line.popFirst() == byte else { return nil }
        }
        return line.popFirst() == UInt8(ascii: ":") ? line : nil
    }

    /// A backslash that nothing follows stays.
    private static func firstField(of line: ArraySlice<UInt8>) -> [UInt8] {
        var line = line
        var field: [UInt8] = []
        while let byte = line.popFirst(), byte != UInt8(ascii: ":") {
            field.append(byte == UInt8(ascii: "\\") ? line.popFirst() ?? byte : byte)
        }
        return field
    }
}
