import IOEngine
import PGWire

/// A PostgreSQL on a simulated network that answers each query after a configurable time, and counts.
final class FakePostgres {
    let network: SimulatedNetwork
    static let address = SocketAddress.ipv4(0x7f00_0001, port: 5432)
    /// The time until an answer, given the number of the query, from 0.
    var answerTime: (Int) -> Duration = { _ in .milliseconds(1) }
    /// The queries to reject, by their text.
    var refused: Set<String> = []
    /// The connection limit; further connections are rejected.
    var connectionLimit = Int.max
    private(set) var queries: [String] = []
    private(set) var connectionCount = 0
    private(set) var openCount = 0
    private var sessions: [FakeSession] = []

    init(_ network: SimulatedNetwork) {
        self.network = network
        start()
    }

    func start() { network.serve(Self.address, .accepting { [unowned self] in FakeSession(self) }) }

    /// Refuses new connections, and breaks existing ones.
    func crash() {
        network.serve(Self.address, .refusing)
        for session in sessions { session.connection?.reset() }
        sessions = []
        openCount = 0
    }

    fileprivate func opened(_ session: FakeSession) {
        connectionCount += 1
        openCount += 1
        sessions.append(session)
    }

    fileprivate func closed(_ session: FakeSession) {
        guard sessions.contains(where: { $0 === session }) else { return }
        openCount -= 1
        sessions.removeAll { $0 === session }
    }

    fileprivate func asked(_ sql: String) -> Duration {
        queries.append(sql)
        return answerTime(queries.count - 1)
    }
}

/// One connection to the server. It trusts every user and speaks the simple protocol.
final class FakeSession: SimulatedPeer {
    private unowned let server: FakePostgres
    fileprivate var connection: SimulatedConnection?
    private var unread: [UInt8] = []
    private var isLoggedIn = false
    private var status = TransactionStatus.idle

    init(_ server: FakePostgres) { self.server = server }

    func connected(_ connection: SimulatedConnection) {
        self.connection = connection
        server.opened(self)
    }

    func closed(_ connection: SimulatedConnection) {
        connection.close()
        server.closed(self)
    }

    func failed(_ error: Int32, on connection: SimulatedConnection) { server.closed(self) }

    func received(_ bytes: [UInt8], on connection: SimulatedConnection) {
        unread += bytes
        while let message = nextMessage() { handle(message, connection) }
    }

    private func nextMessage() -> [UInt8]? {
        let header = isLoggedIn ? 1 : 0
        guard unread.count >= header + 4 else { return nil }
        let length = header + unread[header..<(header + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard unread.count >= length else { return nil }
        defer { unread.removeFirst(length) }
        return Array(unread.prefix(length))
    }

    private func handle(_ message: [UInt8], _ connection: SimulatedConnection) {
        var writer = WireWriter()
        guard isLoggedIn else {
            if server.openCount > server.connectionLimit {
                writer.errorResponse(.fatal, .tooManyConnections, "sorry, too many clients already")
                connection.send(writer.bytes)
                connection.close()
                return server.closed(self)
            }
            isLoggedIn = true
            Authentication.ok.encode(into: &writer)
            writer.readyForQuery(.idle)
            return connection.send(writer.bytes)
        }
        guard message[0] == FrontendMessage.query.rawValue else {
            connection.close()
            return server.closed(self)
        }
        let sql = String(decoding: message.dropFirst(5).dropLast(), as: UTF8.self)
        server.network.after(server.asked(sql)) { [weak self] in self?.answer(sql, connection) }
    }

    private func answer(_ sql: String, _ connection: SimulatedConnection) {
        var writer = WireWriter()
        if server.refused.contains(sql) {
            writer.errorResponse(.error, "22012", "division by zero")
            if status == .inTransaction { status = .failed }
        } else {
            if sql == "begin" { status = .inTransaction }
            if sql == "commit" || sql == "ROLLBACK" { status = .idle }
            writer.dataRow([Array("1".utf8)])
            writer.commandComplete("SELECT 1")
        }
        writer.readyForQuery(status)
        connection.send(writer.bytes)
    }
}
