import PGWire
import RelayCore
import Testing

@Suite struct StatementNameTests {
    private func message(_ type: Unicode.Scalar, _ body: String) -> [UInt8] {
        var writer = WireWriter()
        writer.message(MessageType(rawValue: UInt8(ascii: type))) { $0.raw(body.utf8) }
        return writer.bytes
    }

    @Test(arguments: [
        (Unicode.Scalar("P"), "\0select 1\0\0\0", false), ("P", "s\0select 1\0\0\0", true), ("B", "\0\0\0\0\0\0", false),
        ("B", "\0s\0\0\0\0\0", true), ("B", "portal\0\0\0\0\0\0", false), ("B", "portal\0s\0\0\0", true), ("D", "S\0", false),
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
        let found = unsafe bytes.withUnsafeBytes { unsafe StatementName.find(in: $0.bytes, at: before.count) }
        #expect(found == (isNamed ? .named : .none))
        // With less of it, nothing is claimed that the whole contradicts.
        for length in 5..<(5 + body.utf8.count) {
            let piece = Array(bytes[before.count..<before.count + length])
            let finding = unsafe piece.withUnsafeBytes { unsafe StatementName.find(in: $0.bytes, at: 0) }
            #expect(finding == .incomplete || finding == (isNamed ? .named : .none), "\(type) \(body), \(length) bytes")
        }
    }
}

extension StatementNameTests {
    @Test func `The name of a portal has a limit, so that the name after it is found`() {
        let longest = message("B", String(repeating: "p", count: 16 * 1024) + "\0s\0\0\0\0\0")
        let longer = message("B", String(repeating: "p", count: 16 * 1024 + 1) + "\0s\0\0\0\0\0")
        #expect(unsafe longest.withUnsafeBytes { unsafe StatementName.find(in: $0.bytes, at: 0) } == .named)
        #expect(unsafe longer.withUnsafeBytes { unsafe StatementName.find(in: $0.bytes, at: 0) } == .portalTooLong)
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
