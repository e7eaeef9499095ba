import PGSession

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The error as text for a log:
    ///
    ///     ERROR 42703: column "nmae" does not exist
    ///     LINE 1: SELECT nmae FROM users WHERE id = $1
    ///                    ^
    ///     HINT: Perhaps you meant to reference the column "users.name".
    ///     at App/Users.swift:12
    ///
    /// Contains no bound values, and not PostgreSQL's DETAIL and CONTEXT, which often hold data: see
    /// ``verboseDescription`` for these.
    public var description: String { lines(verbose: false).joined(separator: "\n") }

    /// The same as ``description``, because test tools and optionals print this one.
    public var debugDescription: String { description }

    /// Only ``description``, so that dumping an error shows no more than printing it.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// Everything the server reported, and the whole statement.
    ///
    /// May contain data from the database and bound values: DETAIL says `Key (email)=(ann@example.com) already exists`.
    public var verboseDescription: String { lines(verbose: true).joined(separator: "\n") }

    private func lines(verbose: Bool) -> [String] {
        var lines = [headline(verbose: verbose)]
        if let server {
            if let internalQuery = server.internalQuery, verbose {
                lines.append("QUERY: \(internalQuery)")
            }
            if let query, let position = server.position, let excerpt = StatementExcerpt(query, position: position) {
                lines += excerpt.lines
            } else if let query {
                lines.append("STATEMENT: \(StatementExcerpt.shortened(query))")
            }
            if verbose, let detail = server.detail { lines.append("DETAIL: \(detail)") }
            if let hint = server.hint { lines.append("HINT: \(hint)") }
            if verbose { lines += verboseLines(server) }
        } else if let query {
            lines.append("STATEMENT: \(StatementExcerpt.shortened(query))")
        }
        if verbose, let query, query != StatementExcerpt.shortened(query) { lines.append("WHOLE STATEMENT: \(query)") }
        if let underlying = underlying as? PostgresError {
            var cause = underlying.lines(verbose: verbose)
            if message.hasSuffix(underlying.headline(verbose: false)) {
                // Already printed; what remains is the cause of the cause.
                cause[0] = ""
            } else {
                cause[0] = "because: " + cause[0]
            }
            let text = cause.joined(separator: "\n").split(separator: "\n").joined(separator: "\n  ")
            if !text.isEmpty { lines.append(text) }
        } else if let underlying, verbose || decoding == nil && code != .decoding {
            lines.append("because: \(underlying)")
        }
        if let origin { lines.append("at \(origin)") }
        return lines
    }

    /// The error in one line, without its location and cause.
    func headline(verbose: Bool) -> String {
        guard let server else { return message }
        let text = "\(server.severity) \(server.sqlState): \(verbose ? server.message : message)"
        // Where the server's error is only the cause of another one, print both.
        if code == .server || message == server.message { return text }
        return "\(message) (\(server.severity) \(server.sqlState))"
    }

    private func verboseLines(_ server: ServerError) -> [String] {
        var lines: [String] = []
        if let context = server.context { lines.append("CONTEXT: \(context)") }
        let named: [(String, String?)] = [
            ("SCHEMA", server.schema), ("TABLE", server.table), ("COLUMN", server.column), ("TYPE", server.dataType),
            ("CONSTRAINT", server.constraint),
        ]
        for case (let name, let value?) in named { lines.append("\(name): \(value)") }
        if let file = server.file {
            lines.append("LOCATION: \(server.routine ?? "?"), \(file):\(server.line ?? 0)")
        }
        return lines
    }
}
