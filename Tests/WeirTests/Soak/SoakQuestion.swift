import PGTypes
import Weir

/// One thing that a task of the soak does, and what it may lead to.
///
/// Every answer carries the tag of its question, so that one that reached the wrong caller is detected.
struct SoakQuestion {
    enum Kind: String, CaseIterable {
        case value, prepared, rows, stream, cursor, transfer, serializable, undone, copyIn, copyOut, pipeline, many,
            script
        case dirty, clean, slow, wrong, impatient, together
    }

    /// An answer that does not belong to the question, or state left over from another caller.
    struct MixUp: Error {
        let what: String
    }

    /// What the application throws inside its closures.
    struct Regret: Error {}

    let kind: Kind
    /// Unique to this question.
    let tag: Int
    /// Choices that this question leaves open.
    var chance: SoakChance
    /// Called when there is a connection for it, if it needs one to itself.
    let hasBegun: @Sendable () -> Void

    static let accounts = 20
    static let balance = 1000
    /// Rows of one COPY or of one `executeMany`.
    static let lines = 50

    func check(_ isRight: Bool, _ what: @autoclosure () -> String) throws {
        if !isRight { throw MixUp(what: "\(kind.rawValue) \(tag): \(what())") }
    }

    mutating func ask(_ pool: PostgresPool) async throws {
        switch kind {
        case .value, .prepared, .rows, .wrong, .slow: try await askSimply(pool)
        case .impatient: try await askImpatiently(pool)
        case .stream, .cursor, .copyOut: try await read(pool)
        case .transfer, .serializable, .undone: try await transfer(pool)
        case .copyIn, .many: try await write(pool)
        case .pipeline, .script, .together: try await askTogether(pool)
        case .dirty: try await leaveDirty(pool)
        case .clean: try await checkIsClean(pool)
        }
    }

    // MARK: One statement

    /// The pool runs it on any connection, or it runs on one that was borrowed.
    private mutating func askSimply(_ pool: PostgresPool) async throws {
        guard chance.oneIn(2) else { return try await askSimply(on: pool) }
        var question = self
        self = try await pool.withConnection { connection in
            question.hasBegun()
            try await question.askSimply(on: connection)
            return question
        }
    }

    private mutating func askSimply(on executor: borrowing some PostgresExecutor & ~Copyable) async throws {
        switch kind {
        case .prepared:
            // More texts than the cache holds, so that statements are prepared, found and closed all the time.
            let text = chance.number(1...40)
            let (answer, number) = try await executor.fetchOne(
                "SELECT \(tag)::int8, \(raw: "\(text)")", as: (Int, Int).self)
            try check(answer == tag && number == text, "was answered with \(answer), \(number)")
        case .rows:
            let count = chance.number(0...300)
            let rows = try await executor.fetch(
                "SELECT \(tag)::int8 + g, repeat('x', g) FROM generate_series(1, \(count)) g", as: (Int, String).self)
            try check(rows.count == count, "\(rows.count) rows instead of \(count)")
            for (index, row) in rows.enumerated() {
                try check(row.0 == tag + index + 1 && row.1.utf8.count == index + 1, "row \(index) is \(row.0)")
            }
        case .wrong:
            try await executor.execute("SELECT 1 / (\(tag)::int8 - \(tag)::int8)")
            throw MixUp(what: "a division by zero of \(tag) had no error")
        case .slow:
            let timeout = Duration.milliseconds(chance.number(1...20))
            try await executor.execute("SELECT pg_sleep(100), \(tag)::int8", timeout: timeout)
            throw MixUp(what: "a sleep of 100 s came to its end")
        default:
            let answer = try await executor.fetchValue("SELECT \(tag)::int8", as: Int.self)
            try check(answer == tag, "was answered with \(answer)")
        }
    }

    private mutating func askImpatiently(_ pool: PostgresPool) async throws {
        let tag = tag
        let answer = try await pool.withConnection(timeout: .milliseconds(chance.number(0...3))) { connection in
            try await connection.fetchValue("SELECT \(tag)::int8", as: Int.self)
        }
        try check(answer == tag, "was answered with \(answer)")
    }

    // MARK: Much that is read

    private mutating func read(_ pool: PostgresPool) async throws {
        let (count, stop, tag) = (chance.number(0...3000), chance.oneIn(2) ? chance.number(0...50) : .max, tag)
        let (question, kind, size) = (self, kind, chance.number(1...500))
        try await pool.withConnection { connection in
            question.hasBegun()
            switch kind {
            case .stream:
                var seen = 0
                for try await value in connection.stream(
                    "SELECT \(tag)::int8 + g FROM generate_series(1, \(count)) g", as: Int.self)
                {
                    seen += 1
                    try question.check(value == tag + seen, "row \(seen) is \(value)")
                    if seen > stop { break }
                }
                try question.check(seen == count || seen > stop, "\(seen) rows instead of \(count)")
            case .copyOut:
                var text = ""
                for try await piece in connection.copyOut(
                    "COPY (SELECT \(raw: "\(tag)") + g FROM generate_series(1, \(raw: "\(count)")) g) TO STDOUT")
                {
                    text += String(decoding: piece, as: UTF8.self)
                    if stop < .max { break }
                }
                let lines = text.split(separator: "\n")
                for (index, line) in lines.enumerated() where index + 1 < lines.count || stop == .max {
                    try question.check(line == "\(tag + index + 1)", "line \(index) is \(line)")
                }
                try question.check(lines.count == count || stop < .max, "\(lines.count) lines instead of \(count)")
            default:
                try await connection.withTransaction { transaction in
                    var seen = 0
                    for try await value in transaction.cursor(
                        "SELECT \(tag)::int8 + g FROM generate_series(1, \(count)) g", as: Int.self, fetchSize: size)
                    {
                        seen += 1
                        try question.check(value == tag + seen, "row \(seen) is \(value)")
                        if seen % size == 1, seen < 4 * size {
                            let between = try await transaction.fetchValue("SELECT -\(tag)::int8", as: Int.self)
                            try question.check(between == -tag, "was answered with \(between) in the middle")
                        }
                        if seen > stop { break }
                    }
                }
            }
            if stop < .max {
                let answer = try await connection.fetchValue("SELECT \(tag)::int8", as: Int.self)
                try question.check(answer == tag, "was answered with \(answer) after an abandoned call")
            }
        }
    }
}
