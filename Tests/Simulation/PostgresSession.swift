import PGWire

/// One PostgreSQL session as a value: frontend messages in, backend messages out.
///
/// Both ends of the simulation run it. The simulated server answers with it; every simulated client keeps one of its
/// own and so knows, byte for byte, what a dedicated server would have answered: a pooler must not make a difference.
///
/// Source: PostgreSQL, protocol-flow.html
struct PostgresSession {
    private(set) var status = TransactionStatus.idle
    private(set) var variables: [String: String]
    private let defaults: [String: String]
    private var statements: [String: String] = [:]
    private var portals: [String: Portal] = [:]
    private var skipsUntilSync = false
    private var copyIn: CopyIn?

    /// The parameters whose changes a server reports.
    static let reported = [
        "application_name", "client_encoding", "datestyle", "standard_conforming_strings", "timezone",
    ]

    private struct Portal {
        var sql: String
        var parameters: [[UInt8]?]
    }

    private struct CopyIn {
        let token: String
        let isExtended: Bool
        var count = 0
        var checksum = Checksum()
    }

    /// What a message leads to.
    struct Outcome {
        var bytes: [UInt8] = []
        /// The answer takes this long, in milliseconds.
        var delay = 0
        /// The tokens of the statements that ran.
        var tokens: [String] = []
        /// The session ends, with or without a last word.
        var ends = false
    }

    private struct Failure: Error {
        let code: SQLState
        let message: String
    }

    /// - Parameter variables: the values the session begins with, by lower-case name.
    init(variables: [String: String]) {
        self.variables = variables
        defaults = variables
    }

    /// The session waits for the data of a COPY.
    var isCopyingIn: Bool { copyIn != nil }
    var statementNames: [String] { statements.keys.sorted() }

    mutating func handle(_ message: Message) -> Outcome {
        var outcome = Outcome()
        var writer = WireWriter()
        if copyIn != nil {
            copy(message, &writer, &outcome)
        } else if message.type == FrontendMessage.sync {
            skipsUntilSync = false
            if status == .idle { portals = [:] }
            writer.readyForQuery(status)
        } else if !skipsUntilSync {
            do {
                try extended(message, &writer, &outcome)
            } catch {
                fail(error, &writer)
                skipsUntilSync = message.type != FrontendMessage.query
                if message.type == FrontendMessage.query { writer.readyForQuery(status) }
            }
        }
        outcome.bytes = writer.bytes
        return outcome
    }

    /// What is answered when `message`, which would have been answered otherwise, is cancelled.
    mutating func cancel(_ message: Message) -> [UInt8] {
        var writer = WireWriter()
        fail(Failure(code: "57014", message: "canceling statement due to user request"), &writer)
        if message.type == FrontendMessage.query {
            writer.readyForQuery(status)
        } else {
            skipsUntilSync = true
        }
        return writer.bytes
    }

    private mutating func fail(_ failure: Failure, _ writer: inout WireWriter) {
        if status == .inTransaction { status = .failed }
        writer.errorResponse(.error, failure.code, failure.message)
    }

    // MARK: - Messages

    private mutating func extended(
        _ message: Message, _ writer: inout WireWriter, _ outcome: inout Outcome
    ) throws(Failure) {
        do {
            var reader = WireReader(message.body)
            switch message.type {
            case FrontendMessage.query: try simple(try reader.cString(), &writer, &outcome)
            case FrontendMessage.parse: try parse(&reader, &writer)
            case FrontendMessage.bind: try bind(&reader, &writer)
            case FrontendMessage.describe: try describe(&reader, &writer)
            case FrontendMessage.execute:
                let name = try reader.cString()
                guard let portal = portals[name] else {
                    throw Failure(code: "34000", message: "portal \"\(name)\" does not exist")
                }
                try run(portal.sql, portal.parameters, isExtended: true, &writer, &outcome)
            case FrontendMessage.close:
                let kind = try reader.byte()
                let name = try reader.cString()
                if kind == UInt8(ascii: "S") { statements[name] = nil } else { portals[name] = nil }
                writer.message(BackendMessage.closeComplete) { _ in }
            case FrontendMessage.terminate: outcome.ends = true
            case FrontendMessage.flush, FrontendMessage.copyData, FrontendMessage.copyDone, FrontendMessage.copyFail:
                break
            default: throw Failure(code: .protocolViolation, message: "invalid frontend message type")
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(code: .protocolViolation, message: "invalid message format")
        }
    }

    private mutating func simple(
        _ sql: String, _ writer: inout WireWriter, _ outcome: inout Outcome
    ) throws(Failure) {
        let texts = sql.split(separator: ";").map(\.trimmed).filter { !$0.isEmpty }
        if texts.isEmpty { writer.message(BackendMessage.emptyQueryResponse) { _ in } }
        for text in texts { try run(text, nil, isExtended: false, &writer, &outcome) }
        if copyIn == nil, !outcome.ends { writer.readyForQuery(status) }
    }

    private mutating func parse(_ reader: inout WireReader, _ writer: inout WireWriter) throws {
        let name = try reader.cString()
        let sql = try reader.cString()
        if Statement.parse(sql).statement == .broken { throw Failure(code: "42601", message: "syntax error") }
        if !name.isEmpty, statements[name] != nil {
            throw Failure(code: "42P05", message: "prepared statement \"\(name)\" already exists")
        }
        statements[name] = sql
        writer.message(BackendMessage.parseComplete) { _ in }
    }

    private mutating func bind(_ reader: inout WireReader, _ writer: inout WireWriter) throws {
        let name = try reader.cString()
        let statement = try reader.cString()
        for _ in 0..<(try reader.int16()) { _ = try reader.int16() }
        var parameters: [[UInt8]?] = []
        for _ in 0..<(try reader.int16()) {
            let length = try reader.int32()
            parameters.append(length < 0 ? nil : try reader.bytes(Int(length)))
        }
        guard let sql = statements[statement] else {
            throw Failure(code: "26000", message: "prepared statement \"\(statement)\" does not exist")
        }
        portals[name] = Portal(sql: sql, parameters: parameters)
        writer.message(BackendMessage.bindComplete) { _ in }
    }

    private func describe(_ reader: inout WireReader, _ writer: inout WireWriter) throws {
        let kind = try reader.byte()
        let name = try reader.cString()
        let isStatement = kind == UInt8(ascii: "S")
        guard let sql = isStatement ? statements[name] : portals[name]?.sql else {
            throw isStatement
                ? Failure(code: "26000", message: "prepared statement \"\(name)\" does not exist")
                : Failure(code: "34000", message: "portal \"\(name)\" does not exist")
        }
        if isStatement {
            writer.message(BackendMessage.parameterDescription) { body in
                body.int16(1)
                body.int32(25)
            }
        }
        switch Statement.parse(sql).statement {
        case .echo, .show: writer.rowDescription(Self.columns(sql))
        default: writer.message(BackendMessage.noData) { _ in }
        }
    }

    private static func columns(_ sql: String) -> [ColumnDescription] {
        [
            ColumnDescription(name: "token", typeOID: 25, typeSize: -1),
            ColumnDescription(name: "sum_" + Checksum.of(sql.utf8), typeOID: 25, typeSize: -1),
        ]
    }

    // MARK: - Statements

    private mutating func run(
        _ sql: String, _ parameters: [[UInt8]?]?, isExtended: Bool, _ writer: inout WireWriter,
        _ outcome: inout Outcome
    ) throws(Failure) {
        let (statement, word) = Statement.parse(sql)
        var token = word ?? ""
        if token == "$1", let first = parameters?.first, let bytes = first {
            token = String(decoding: bytes, as: UTF8.self)
        }
        if !token.isEmpty { outcome.tokens.append(token) }
        if status == .failed, statement != .commit, statement != .rollback {
            throw Failure(code: "25P02", message: "current transaction is aborted, \(token)")
        }
        switch statement {
        case .empty: writer.message(BackendMessage.emptyQueryResponse) { _ in }
        case .echo(let rows, let bytes):
            if !isExtended { writer.rowDescription(Self.columns(sql)) }
            for row in 0..<rows { writer.dataRow([Array(token.utf8), Self.filler(token, row, bytes)]) }
            writer.commandComplete("ECHO \(token) \(rows)")
        case .show(let name):
            if !isExtended { writer.rowDescription(Self.columns(sql)) }
            writer.dataRow([Array(token.utf8), Array((variables[name] ?? "").utf8)])
            writer.commandComplete("SHOW \(token)")
        case .sleep(let milliseconds):
            outcome.delay += milliseconds
            writer.commandComplete("SLEEP \(token)")
        case .error: throw Failure(code: "22012", message: "division by zero, \(token)")
        case .set(let name, let value):
            change(name, value, &writer)
            writer.commandComplete("SET")
        case .reset(let name):
            change(name, defaults[name] ?? "", &writer)
            writer.commandComplete("RESET")
        case .discardAll:
            for name in Self.reported { change(name, defaults[name] ?? "", &writer) }
            variables = defaults
            statements = [:]
            portals = [:]
            writer.commandComplete("DISCARD ALL")
        case .deallocateAll:
            statements = statements.filter { $0.key.isEmpty }
            writer.commandComplete("DEALLOCATE ALL")
        case .broken: throw Failure(code: "42601", message: "syntax error")
        case .begin:
            if status == .idle { status = .inTransaction }
            writer.commandComplete("BEGIN")
        case .commit:
            writer.commandComplete(status == .failed ? "ROLLBACK" : "COMMIT")
            status = .idle
        case .rollback:
            writer.commandComplete("ROLLBACK")
            status = .idle
        case .copyIn:
            copyIn = CopyIn(token: token, isExtended: isExtended)
            writer.message(BackendMessage.copyInResponse) { body in
                body.byte(0)
                body.int16(0)
            }
        case .copyOut(let rows, let bytes):
            writer.message(BackendMessage.copyOutResponse) { body in
                body.byte(0)
                body.int16(0)
            }
            for row in 0..<rows {
                writer.message(BackendMessage.copyData) { $0.raw(Self.filler(token, row, bytes)) }
            }
            writer.message(BackendMessage.copyDone) { _ in }
            writer.commandComplete("COPY \(token) \(rows)")
        case .die: outcome.ends = true
        case .other:
            if !isExtended { writer.rowDescription(Self.columns(sql)) }
            writer.commandComplete("SELECT 0")
        }
    }

    private mutating func change(_ name: String, _ value: String, _ writer: inout WireWriter) {
        guard variables[name] != value else { return }
        variables[name] = value
        if Self.reported.contains(name) {
            ParameterStatus(name: Self.spelling(name), value: Array(value.utf8)).encode(into: &writer)
        }
    }

    /// How PostgreSQL writes a reported parameter's name.
    static func spelling(_ name: String) -> String {
        switch name {
        case "datestyle": "DateStyle"
        case "timezone": "TimeZone"
        default: name
        }
    }

    private static func filler(_ token: String, _ row: Int, _ bytes: Int) -> [UInt8] {
        let pattern = Array("\(token)#\(row) ".utf8)
        return (0..<bytes).map { pattern[$0 % pattern.count] }
    }

    // MARK: - COPY

    private mutating func copy(_ message: Message, _ writer: inout WireWriter, _ outcome: inout Outcome) {
        guard var copy = copyIn else { return }
        switch message.type {
        case FrontendMessage.copyData:
            copy.count += message.body.count
            copy.checksum.add(message.body)
            copyIn = copy
            return
        // PostgreSQL ignores these two while it copies.
        case FrontendMessage.sync, FrontendMessage.flush: return
        case FrontendMessage.copyDone:
            writer.commandComplete("COPY \(copy.token) \(copy.count) \(String(copy.checksum.value, radix: 36))")
        case FrontendMessage.copyFail:
            fail(Failure(code: "57014", message: "COPY from stdin failed, \(copy.token)"), &writer)
            skipsUntilSync = copy.isExtended
        case FrontendMessage.terminate: outcome.ends = true
        default:
            fail(Failure(code: .protocolViolation, message: "unexpected message type during COPY"), &writer)
            skipsUntilSync = copy.isExtended
        }
        copyIn = nil
        outcome.tokens.append(copy.token)
        if !copy.isExtended, !outcome.ends { writer.readyForQuery(status) }
    }
}
