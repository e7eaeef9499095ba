import LoadPlan
import Testing

@Suite struct ScriptParserTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let input: String
        let statements: [String]
        let draws: [ClosedRange<Int64>]
        var testDescription: String { input }

        init(_ input: String, _ statements: String..., draws: [ClosedRange<Int64>] = []) {
            (self.input, self.statements, self.draws) = (input, statements, draws)
        }
    }

    /// Statements with `$n` for each random number. Quotes, comments and casts are recognized as by psql 15.
    static let table: [Row] = [
        Row("select 1", "select 1"),
        Row("select 1;", "select 1"),
        Row(" begin; select 1 ;\n commit;", "begin", "select 1", "commit"),
        Row(";; ;select 1", "select 1"),
        Row("select ';'", "select ';'"),
        Row("select 'it''s;'; x", "select 'it''s;'", "x"),
        Row(#"select E'\';'; x"#, #"select E'\';'"#, "x"),
        Row(#"select '\'; x"#, #"select '\'"#, "x"),
        Row(#"select name'\'; x"#, #"select name'\'"#, "x"),
        Row(#"select "a;b" ; x"#, #"select "a;b""#, "x"),
        Row("select $$;$$; x", "select $$;$$", "x"),
        Row("select $a$;$$;$b$;$a$; x", "select $a$;$$;$b$;$a$", "x"),
        Row("select $1; x", "select $1", "x"),
        Row("select a$b$; x$b$", "select a$b$", "x$b$"),
        Row("select 1 -- ;\n; x", "select 1 -- ;", "x"),
        Row("select /* ; /* ; */ ; */ 1; x", "select /* ; /* ; */ ; */ 1", "x"),
        Row("-- only a comment\n;select 1", "select 1"),
        Row("select 1::int, a[1:2]", "select 1::int, a[1:2]"),
        Row("select x := 1", "select x := 1"),
        Row("select {random:1:6}", "select $1", draws: [1...6]),
        Row("select {random:-5:-1} - {random:0:9}", "select $1 - $2", draws: [-5 ... -1, 0...9]),
        Row("\\set a random(1, 10)\nselect :a, :a", "select $1, $2", draws: [1...10]),
        Row("\\set a random(1,10)\n\\set b random(-1, 1)\nselect :b+:a", "select $1+$2", draws: [1...10, -1...1]),
        Row("\\set n 3\nselect :n", "select 3"),
        Row("\\set n -3\nselect 1-:n, :n", "select 1- -3, -3"),
        Row("\\set n 2 * 3\n\\set a random(1, 100 * :n * 2)\nselect :a", "select $1", draws: [1...1200]),
        Row("\\set a random(1, :scale * 10)\nselect :a::int", "select $1::int", draws: [1...70]),
        Row("begin;\n-- now\n\\set a 1\nselect :a", "begin", "select 1"),
        Row("\\set a 1\nselect :a;\n\\set a 2\nselect :a", "select 1", "select 2"),
        Row("select ':a', \":a\", $$:a$$ -- :a", "select ':a', \":a\", $$:a$$ -- :a"),
        Row("select '{\"a\": 1}'::jsonb", "select '{\"a\": 1}'::jsonb"),
    ]

    @Test(arguments: table)
    func reads(_ row: Row) throws {
        let script = try ScriptParser.parse(Array(row.input.utf8), definitions: ["scale": 7])
        #expect(script.statements.map { String(decoding: $0.parameterized, as: UTF8.self) } == row.statements)
        #expect(script.draws == row.draws)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let input: String
        let line: Int
        let reason: ScriptError.Reason
        var testDescription: String { input }

        init(_ input: String, line: Int = 1, _ reason: ScriptError.Reason) {
            (self.input, self.line, self.reason) = (input, line, reason)
        }
    }

    static let refusals: [Refusal] = [
        Refusal("", .empty),
        Refusal(" -- nothing\n;", line: 2, .empty),
        Refusal("\\sleep 10 ms", .unknownCommand("sleep")),
        Refusal("select 1;\n\\if 1\n", line: 2, .unknownCommand("if")),
        Refusal("select 1 \\gset", .commandInStatement),
        Refusal("\\set a random_zipfian(1, 2, 1.1)", .unknownFunction("random_zipfian")),
        Refusal("\\set a random(1 2)", .badSet("a random(1 2)")),
        Refusal("\\set a random(1, 2) + 1", .badSet("a random(1, 2) + 1")),
        Refusal("\\set a", .badSet("a")),
        Refusal("\\set 1 2", .badSet("1 2")),
        Refusal("\\set a 1.5", .badSet("a 1.5")),
        Refusal("\\set a random(3, 1)", .emptyRange(3, 1)),
        Refusal("\\set a random(1, :b)", .unknownVariable("b")),
        Refusal("\\set a random(1, 2)\n\\set b random(1, :a)", line: 2, .notConstant("a")),
        Refusal("\\set a 99999999999999999999", .numberTooLarge),
        Refusal("\\set a 9000000000000000000 * 2", .numberTooLarge),
        Refusal("select\n:nobody", line: 2, .unknownVariable("nobody")),
        Refusal("select {random:1}", .badPlaceholder("{random:1}")),
        Refusal("select {random:a:b}", .badPlaceholder("{random:a:b}")),
        Refusal("select {gauss:1:2}", .badPlaceholder("{gauss:1:2}")),
        Refusal("select {random:2:1}", .emptyRange(2, 1)),
        Refusal("select {random:1:2", .unterminated("brace")),
        Refusal("select 'user{random:1:2}'", .placeholderInQuotes),
        Refusal("select 1;\nselect 'abc", line: 2, .unterminated("quoted string")),
        Refusal(#"select E'abc\"#, .unterminated("quoted string")),
        Refusal("select \"abc", .unterminated("quoted identifier")),
        Refusal("select $a$ $b$", .unterminated("dollar-quoted string")),
        Refusal("select /* /* */", .unterminated("comment")),
        Refusal("select \0", .zeroByte),
    ]

    @Test(arguments: refusals)
    func refuses(_ row: Refusal) throws {
        let error = try #require(throws: ScriptError.self) { try ScriptParser.parse(Array(row.input.utf8)) }
        #expect(error.reason == row.reason)
        #expect(error.line == row.line)
        #expect(error.description.hasPrefix("line \(row.line): "))
    }

    @Test func theNumbersAreWrittenIntoASimpleQuery() throws {
        let text = "\\set a random(0, 0)\nselect 1 -:a, {random:0:0}"
        let script = try ScriptParser.parse(Array(text.utf8))
        var bytes: [UInt8] = []
        script.statements[0].write(into: &bytes, values: [-7, 12])
        #expect(String(decoding: bytes, as: UTF8.self) == "select 1 - -7, 12")
    }

    /// For any bytes in a file, the parser returns a script or an error.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func noBytesTrap(seed: UInt64) {
        var random = LoadRandom(seed: seed)
        let alphabet = Array("\\set a random(1,2)\n:;'\"$*/-{}E\0\u{80}9 ".utf8)
        let bytes = (0..<Int(random.number(in: 0...60))).map { _ in
            alphabet[Int(random.number(in: 0...Int64(alphabet.count - 1)))]
        }
        if let script = try? ScriptParser.parse(bytes) { #expect(!script.statements.isEmpty) }
    }

    @Test func pgbenchsBuiltInTransactionIsParsed() throws {
        let text = """
            \\set aid random(1, 100000 * :scale)
            \\set bid random(1, 1 * :scale)
            \\set tid random(1, 10 * :scale)
            \\set delta random(-5000, 5000)
            BEGIN;
            UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
            SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
            UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
            UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
            INSERT INTO pgbench_history VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
            END;
            """
        let script = try ScriptParser.parse(Array(text.utf8), definitions: ["scale": 10])
        #expect(script.draws == [1...1_000_000, 1...10, 1...100, -5000...5000])
        #expect(script.statements.map(\.draws) == [[], [3, 0], [0], [3, 2], [3, 1], [2, 1, 0, 3], []])
    }
}
