import PGTypes
import Weir

extension SoakQuestion {
    // MARK: Money

    /// Moves money, and sometimes rolls back. Either way the total stays the same.
    mutating func transfer(_ pool: PostgresPool) async throws {
        let (from, to) = (chance.number(1...Self.accounts), chance.number(1...Self.accounts))
        let (amount, hasSavepoint, regrets) = (chance.number(1...10), chance.oneIn(3), kind == .undone)
        let (isSerializable, hasBegun) = (kind == .serializable, hasBegun)
        do {
            try await pool.withTransaction(
                isSerializable ? .serializable : nil,
                retry: isSerializable ? .serializationFailures(attempts: 3) : .never
            ) { transaction in
                hasBegun()
                try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(from)")
                if hasSavepoint {
                    _ = try? await transaction.withTransaction { inner in
                        try await inner.execute("UPDATE accounts SET balance = balance + 1000000 WHERE id = \(to)")
                        try await inner.execute("SELECT 1 / 0")
                    }
                }
                try await transaction.execute("UPDATE accounts SET balance = balance + \(amount) WHERE id = \(to)")
                if regrets { throw Regret() }
            }
        } catch is Regret {
            return
        }
        try check(!regrets, "what was thrown in a transaction came to nothing")
    }

    // MARK: Much that is written

    /// Lines that carry the tag. There will be all of them or none.
    mutating func write(_ pool: PostgresPool) async throws {
        let (tag, count, regrets, hasBegun) = (tag, Self.lines, chance.oneIn(4), hasBegun)
        let mark = regrets ? "regretted" : "kept"
        let copied: Int
        if kind == .many {
            copied = try await pool.withConnection { connection in
                hasBegun()
                return try await connection.executeMany(
                    "INSERT INTO lines (tag, n, mark, divisor) VALUES ($1, $2, $3, 1 / $4)",
                    (1...count).map { (tag, $0, mark, regrets && $0 == count ? 0 : 1) })
            }
        } else {
            do {
                copied = try await pool.withConnection { connection in
                    hasBegun()
                    return try await connection.copyIn("COPY lines (tag, n, mark) FROM STDIN") { writer in
                        for n in 1...count { try await writer.writeRow(["\(tag)", "\(n)", mark]) }
                        if regrets { throw Regret() }
                    }
                }
            } catch is Regret {
                return
            }
        }
        try check(!regrets, "what was regretted was done")
        try check(copied == count, "\(copied) lines of \(count)")
        try await pool.execute("INSERT INTO promises VALUES (\(tag))")
    }

    // MARK: Several at once

    mutating func askTogether(_ pool: PostgresPool) async throws {
        let (question, kind, tag, fails) = (self, kind, tag, chance.oneIn(3))
        try await pool.withConnection { connection in
            question.hasBegun()
            switch kind {
            case .pipeline:
                let divisor = fails ? 0 : 1
                let answers = try await connection.pipeline([
                    "SELECT \(tag)::int8", "SELECT \(tag)::int8 + 1 / \(divisor)", "SELECT \(tag)::int8 + 2",
                ])
                for (index, answer) in answers.enumerated() {
                    if fails, index == 1, case .failure(let error) = answer, error.sqlState == .divisionByZero {
                        continue
                    }
                    let value = try answer.get().rows.first?.decode(Int.self) ?? 0
                    try question.check(value == tag + index, "answer \(index) is \(value)")
                }
            case .script:
                let results = try await connection.executeScript(
                    "SELECT \(raw: "\(tag)"); SELECT \(raw: "\(tag + 1)") UNION ALL SELECT 0")
                let values = try results.map { try $0.rows.first?.decode(Int.self) }
                try question.check(values == [tag, tag + 1], "was answered with \(values)")
            default:
                // Statements of several tasks on one connection.
                let handle = connection.handle
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for n in 0..<5 {
                        group.addTask {
                            let result = try await PostgresSharing(handle: handle).fetchValue(
                                "SELECT \(tag)::int8 + \(n)", as: Int.self)
                            try question.check(result == tag + n, "answer \(n) is \(result)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    // MARK: What remains afterwards

    mutating func leaveDirty(_ pool: PostgresPool) async throws {
        let choice = chance.number(1...6), tag = tag
        try await pool.withConnection { connection in
            switch choice {
            case 1: try await connection.execute("SET soak.dirty = 'yes'")
            case 2:
                try await connection.executeScript(
                    "BEGIN; INSERT INTO lines (tag, n, mark) VALUES (\(raw: "\(tag)"), 1, 'left')")
            case 3: _ = try? await connection.executeScript("BEGIN; SELECT 1 / 0")
            case 4: try await connection.execute("CREATE TEMP TABLE dirt (id int)")
            case 5:
                try await connection.executeScript("BEGIN; SET soak.dirty = 'yes'; DECLARE dirt CURSOR FOR SELECT 1")
            default:
                var rows = connection.stream("SELECT generate_series(1, 100000000)").makeAsyncIterator()
                _ = try await rows.next()
            }
        }
    }

    func checkIsClean(_ pool: PostgresPool) async throws {
        let (dirty, table, cursors) = try await pool.fetchOne(
            """
            SELECT current_setting('soak.dirty', true), to_regclass('pg_temp.dirt')::text,
                (SELECT count(*) FROM pg_cursors WHERE name = 'dirt')
            """, as: (String?, String?, Int).self)
        try check(dirty ?? "" == "", "the setting of another borrower")
        try check(table == nil, "the table of another borrower")
        try check(cursors == 0, "the cursor of another borrower")
    }
}

/// A borrowed connection for the child tasks of its borrower.
private struct PostgresSharing: PostgresConnectionScope {
    let handle: PostgresHandle

    func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result { throw PostgresError(.misuse, "not here") }
}
