package import LoadPlan
package import PGWire

/// Encodes a script's statements as messages.
///
/// In the extended protocols the messages are libpq's: Parse, Bind, Describe portal, Execute, Sync; without Parse once
/// a statement is prepared. Parameters are sent as text, and the server infers their types.
///
/// Source: PostgreSQL, protocol-message-formats.html
package struct StatementEncoder: Sendable {
    /// The messages that a connection sends before its first transaction; `nil` if there is nothing to prepare.
    package let preparation: [UInt8]?
    /// The number of statements in a transaction.
    package var count: Int { requests.count }

    private struct Request: Sendable {
        let statement: Script.Statement
        let draws: [Int]
        /// The whole request, if it is constant.
        var fixed: [UInt8]?
        /// The messages before and after Bind.
        var before: [UInt8] = []
        var name = ""
    }

    private var requests: [Request]
    private let usesParameters: Bool
    private let tail: [UInt8]
    private var scratch: [UInt8] = []

    package init(_ script: Script, _ queryProtocol: LoadOptions.QueryProtocol) {
        usesParameters = queryProtocol != .simple
        var writer = WireWriter()
        writer.message(FrontendMessage.describe) { body in
            body.byte(UInt8(ascii: "P"))
            body.cString("")
        }
        writer.message(FrontendMessage.execute) { body in
            body.cString("")
            body.int32(0)
        }
        writer.message(FrontendMessage.sync) { _ in }
        tail = writer.bytes

        var preparation = WireWriter()
        var requests: [Request] = []
        for (index, statement) in script.statements.enumerated() {
            var request = Request(statement: statement, draws: statement.draws)
            var parse = WireWriter()
            if queryProtocol == .prepared { request.name = "weir_bench_\(index + 1)" }
            parse.message(FrontendMessage.parse) { body in
                body.cString(request.name)
                body.cString(bytes: statement.parameterized)
                body.int16(0)
            }
            if queryProtocol == .extended { request.before = parse.bytes }
            if queryProtocol == .prepared { preparation.raw(parse.bytes) }
            requests.append(request)
        }
        if queryProtocol == .prepared {
            preparation.message(FrontendMessage.sync) { _ in }
            self.preparation = preparation.bytes
        } else {
            self.preparation = nil
        }
        self.requests = requests
        for index in requests.indices where requests[index].draws.isEmpty {
            var fixed = WireWriter()
            write(index, values: [], into: &fixed)
            self.requests[index].fixed = fixed.bytes
        }
    }

    /// Writes the request for one statement.
    ///
    /// - Parameter values: one for each of ``Script/draws``.
    package mutating func write(_ index: Int, values: [Int64], into writer: inout WireWriter) {
        if let fixed = requests[index].fixed { return writer.raw(fixed) }
        guard usesParameters else {
            scratch.removeAll(keepingCapacity: true)
            requests[index].statement.write(into: &scratch, values: values)
            return writer.message(FrontendMessage.query) { $0.cString(bytes: scratch) }
        }
        let request = requests[index]
        writer.raw(request.before)
        writer.message(FrontendMessage.bind) { body in
            body.cString("")
            body.cString(request.name)
            body.int16(0)  // all parameters are text
            body.int16(Int16(truncatingIfNeeded: request.draws.count))
            for draw in request.draws {
                let text = String(values[draw]).utf8
                body.int32(Int32(truncatingIfNeeded: text.count))
                body.raw(text)
            }
            body.int16(0)  // all results are text
        }
        writer.raw(tail)
    }
}
