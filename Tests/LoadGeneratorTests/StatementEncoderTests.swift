import LoadGenerator
import LoadPlan
import PGWire
import Testing

/// Compared with the bytes sent by libpq 15's PQsendQuery, PQsendQueryParams, PQsendPrepare and PQsendQueryPrepared.
@Suite struct StatementEncoderTests {
    private let script = Script(
        draws: [1...9, 1...9],
        statements: [
            .init(pieces: [.text(Array("begin".utf8))]),
            .init(pieces: [.text(Array("select ".utf8)), .draw(1), .text(Array(", ".utf8)), .draw(0)]),
        ])

    private func request(_ index: Int, _ queryProtocol: LoadOptions.QueryProtocol) -> [UInt8] {
        var encoder = StatementEncoder(script, queryProtocol)
        var writer = WireWriter()
        encoder.write(index, values: [5, -6], into: &writer)
        return writer.bytes
    }

    private func expected(_ body: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        body(&writer)
        return writer.bytes
    }

    private func parse(_ name: String, _ sql: String, into writer: inout WireWriter) {
        writer.message(FrontendMessage.parse) { body in
            body.cString(name)
            body.cString(sql)
            body.int16(0)
        }
    }

    private func run(_ name: String, _ values: [String], into writer: inout WireWriter) {
        writer.message(FrontendMessage.bind) { body in
            body.cString("")
            body.cString(name)
            body.int16(0)
            body.int16(Int16(values.count))
            for value in values {
                body.int32(Int32(value.utf8.count))
                body.raw(value.utf8)
            }
            body.int16(0)
        }
        writer.message(FrontendMessage.describe) { $0.raw([UInt8(ascii: "P"), 0]) }
        writer.message(FrontendMessage.execute) { $0.raw([0, 0, 0, 0, 0]) }
        writer.message(FrontendMessage.sync) { _ in }
    }

    @Test func simpleQueriesContainTheNumbers() {
        #expect(request(0, .simple) == expected { $0.query("begin") })
        #expect(request(1, .simple) == expected { $0.query("select -6, 5") })
        #expect(StatementEncoder(script, .simple).preparation == nil)
    }

    @Test func extendedQueriesAreParsedEachTime() {
        let found = request(1, .extended)
        let wanted = expected { writer in
            parse("", "select $1, $2", into: &writer)
            run("", ["-6", "5"], into: &writer)
        }
        #expect(found == wanted)
        #expect(StatementEncoder(script, .extended).preparation == nil)
    }

    @Test func preparedStatementsAreParsedOnce() {
        let preparation = expected { writer in
            parse("weir_bench_1", "begin", into: &writer)
            parse("weir_bench_2", "select $1, $2", into: &writer)
            writer.message(FrontendMessage.sync) { _ in }
        }
        #expect(StatementEncoder(script, .prepared).preparation == preparation)
        #expect(request(0, .prepared) == expected { run("weir_bench_1", [], into: &$0) })
        #expect(request(1, .prepared) == expected { run("weir_bench_2", ["-6", "5"], into: &$0) })
    }
}
