import PGWire
import RelayCore
import Testing

@Suite struct StatementMessageTests {
    private func message(_ type: Unicode.Scalar, _ body: String) -> [UInt8] {
        var writer = WireWriter()
        writer.message(MessageType(rawValue: UInt8(ascii: type))) { $0.raw(body.utf8) }
        return writer.bytes
    }

    @Test(arguments: [
        (Unicode.Scalar("P"), "\0select 1\0\0\0", false), ("P", "s\0select 1\0\0\0", true),
        ("B", "\0\0\0\0\0\0", false),
        ("B", "\0s\0\0\0\0\0", true), ("B", "portal\0\0\0\0\0\0", false), ("B", "portal\0s\0\0\0", true),
        ("D", "S\0", false),
        ("D", "Ss\0", true), ("D", "P\0", false), ("D", "Pportal\0", false), ("C", "S\0", false), ("C", "Ss\0", true),
        ("C", "Ps\0", false),
        // PostgreSQL refuses these itself.
        ("P", "", false), ("B", "", false), ("B", "p", false), ("B", "p\0", false), ("D", "", false), ("C", "S", false),
        ("D", "Xs\0", false),
        // These name nothing.
        ("E", "s\0\0\0\0\0", false), ("Q", "s\0", false), ("S", "", false),
    ])
    func `A message names a prepared statement or does not`(_ type: Unicode.Scalar, _ body: String, _ isNamed: Bool) {
        let before = message("H", "")
        let bytes = before + message(type, body) + message("S", "")
        let found = unsafe bytes.withUnsafeBytes { unsafe StatementMessage.find(in: $0.bytes, at: before.count) }
        if case .found(let statement) = found {
            #expect(isNamed)
            #expect(bytes[statement.name] == [UInt8(ascii: "s")])
            #expect(statement.end == bytes.count - 5)
        } else {
            #expect(found == .none && !isNamed)
        }
        // With less of it, nothing is claimed that the whole contradicts, and more is asked for until something is
        // found.
        let whole = message(type, body)
        for length in 5..<whole.count {
            let finding = unsafe Array(whole[..<length]).withUnsafeBytes {
                unsafe StatementMessage.find(in: $0.bytes, at: 0)
            }
            switch finding {
            case .none: #expect(!isNamed, "\(type) \(body), \(length) bytes")
            case .found(let statement): #expect(isNamed && statement.kind == .bind && statement.end == whole.count)
            case .incomplete(let end): #expect(end > length && end <= whole.count)
            }
        }
    }

    @Test func `The names of a Bind are searched for again only when twice as much has arrived`() {
        let whole = message("B", String(repeating: "p", count: 100_000) + "\0s\0\0\0\0\0")
        var length = 5
        var searches = 0
        while length < whole.count, searches < 100 {
            searches += 1
            let finding = unsafe Array(whole[..<length]).withUnsafeBytes {
                unsafe StatementMessage.find(in: $0.bytes, at: 0)
            }
            guard case .incomplete(let end) = finding else { break }
            length = end
        }
        #expect(searches < 20)
        let found = unsafe whole.withUnsafeBytes { unsafe StatementMessage.find(in: $0.bytes, at: 0) }
        #expect(found == .found(StatementMessage(kind: .bind, name: 100_006..<100_007, end: whole.count)))
    }

    @Test func `A message continues with another name`() {
        for (type, body, renamed) in [("B", "pp\0s\0\0\0\0\0", "pp\0longer\0"), ("D", "Ss\0", "Slonger\0")] {
            let bytes = message(Unicode.Scalar(type) ?? "?", body)
            let finding = unsafe bytes.withUnsafeBytes { unsafe StatementMessage.find(in: $0.bytes, at: 0) }
            guard case .found(let statement) = finding else {
                Issue.record("nothing found in \(type)")
                continue
            }
            var writer = WireWriter()
            unsafe bytes.withUnsafeBytes {
                unsafe writer.renamed($0, from: 0, statement, to: Array("longer".utf8))
            }
            let length = UInt8(bytes.count - 1 + 5)
            #expect(writer.bytes == [bytes[0], 0, 0, 0, length] + Array(renamed.utf8))
        }
    }
}

@Suite struct TransactionOpeningTests {
    @Test(arguments: [
        ("begin", true), ("BEGIN;", true), (" \n\tBegin ISOLATION LEVEL serializable", true),
        ("start transaction read only", true), ("/* a /* nested */ comment */ begin", true), ("-- no\nbegin", true),
        ("select 1; begin", true), ("insert into t values ('begin'); begin; select 1", true), (";;begin", true),
        ("begin; select 1; commit", false), ("begin; rollback", false), ("begin; end", false), ("begin; abort", false),
        ("begin; savepoint s; rollback to s", true), ("begin; rollback to savepoint s; commit", false),
        ("begin; commit and chain", true), ("begin; commit and no chain", false),
        ("begin; prepare transaction 'x'", false), ("prepare p as select 1", false),
        ("select 'begin'", false), ("select ';begin'", false), ("select 'it''s; begin'", false),
        ("select e'\\'; begin'", false), ("select E'\\\\'; begin", true), ("select \";begin\"", false),
        ("do $$ begin end $$", false), ("do $x$ ; begin $$ ; begin $x$", false), ("select $1; begin", true),
        ("-- begin", false), ("/* begin", false), ("/* ; begin */ select 1", false), ("beginning", false),
        ("select begin", false), ("", false), ("'", false), ("$$", false), ("\"", false), ("select e'\\", false),
        ("create function f() returns int language sql begin atomic select 1; end", false),
    ])
    func `A query leaves a transaction open or does not`(_ sql: String, _ expected: Bool) {
        #expect(TransactionOpening.isLeftOpen(by: Array(sql.utf8)) == expected)
    }
}
