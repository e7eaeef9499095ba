import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import RelayCore

/// What servers do for the pooler itself: its own queries, and what they say unasked.
extension Worker where Engine: ~Copyable {
    /// Sends a query of the pooler's own.
    mutating func query(_ server: Slot<Server>, _ sql: [UInt8]) {
        writer.removeAll()
        writer.query(sql)
        sendWritten(toServer: server)
    }

    private mutating func query(_ server: Slot<Server>, _ sql: String) { query(server, Array(sql.utf8)) }

    /// Runs `server_reset_query` on a server that a client has left.
    mutating func reset(_ id: ServerID) {
        guard let slot = serverSlots[id] else { return }
        servers[slot].use = .errand(.resetting)
        query(slot, live.settings.serverResetQuery)
    }

    /// Runs `server_check_query` on a server that has been idle for long.
    mutating func check(_ id: ServerID) {
        guard let slot = serverSlots[id] else { return }
        servers[slot].use = .errand(.checking)
        switch live.settings.serverCheckQuery {
        case .never:
            servers[slot].use = .idle
            decide(.serverReady(id))
        case .empty: query(slot, "")
        case .query(let sql): query(slot, sql)
        }
    }

    /// Handles a message of a server that is not passing answers on.
    mutating func handleOwn(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) {
        switch servers[slot].use {
        case .linked, .closing, .errand(.connecting): break
        case .errand(.loggingIn): handleLogin(slot, type, body)
        case .errand(let errand): handleErrand(errand, slot, type, body)
        case .draining:
            if type == BackendMessage.parameterStatus {
                noteParameter(slot, body)
            } else {
                handleDraining(slot, type, body)
            }
        case .idle: handleUnasked(slot, type, body)
        }
    }

    private mutating func handleErrand(
        _ errand: ServerErrand, _ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]
    ) {
        switch type {
        case BackendMessage.parameterStatus: noteParameter(slot, body)
        case BackendMessage.errorResponse: errandFailed(errand, slot, body)
        case BackendMessage.readyForQuery: errandDone(errand, slot, body)
        case BackendMessage.commandComplete: noteDropped(body, slot)
        default: break
        }
    }

    private mutating func noteParameter(_ slot: Slot<Server>, _ body: [UInt8]) {
        if let parameter = try? ParameterStatus(body: body) { note(parameter, slot) }
    }

    mutating func note(_ parameter: ParameterStatus, _ slot: Slot<Server>) {
        learn(parameter, slot)
        if let index = live.tracked.index(of: parameter.name) { servers[slot].parameters[index] = parameter.value }
    }

    private mutating func errandFailed(_ errand: ServerErrand, _ slot: Slot<Server>, _ body: [UInt8]) {
        let error = try? ErrorFields(body: body)
        let text = error.map { "\($0.severity) \($0.message)" } ?? "unreadable error"
        let (what, reason) =
            switch errand {
            case .connectQuery: ("exec_on_connect query failed", "exec_on_connect query failed")
            case .settingParameters: ("varcache_apply failed", "invalid server parameter")
            case .resetting: ("reset query failed", "reset query failed")
            case .connecting, .loggingIn, .checking: ("test query failed", "test query failed")
            }
        shared.log.write(.error, "\(prefix(ofServer: slot))\(what): \(text)")
        // A server that ends for a reason of its own does not make the client's parameters invalid.
        if let error, error.isFatal { return disconnectServer(slot, error.message, code: error.code, isBroken: true) }
        // PgBouncer's manual: errors of `connect_query` are logged "but ignored otherwise".
        if errand != .connectQuery { disconnectServer(slot, reason) }
    }

    private mutating func errandDone(_ errand: ServerErrand, _ slot: Slot<Server>, _ body: [UInt8]) {
        let id = servers[slot].id
        guard body == [TransactionStatus.idle.rawValue] else {
            return disconnectServer(slot, "query of the pooler left a transaction open")
        }
        servers[slot].status = .idle
        switch errand {
        case .connectQuery: loggedIn(slot)
        case .settingParameters: parametersSet(slot)
        case .resetting, .checking:
            servers[slot].use = .idle
            servers[slot].requestTime = now
            decide(.serverReady(id))
        case .connecting, .loggingIn: break
        }
    }

    /// What PostgreSQL may send to an idle connection: settings that a reload changed, notices, the reason why it ends.
    private mutating func handleUnasked(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) {
        switch type {
        case BackendMessage.parameterStatus: noteParameter(slot, body)
        case BackendMessage.noticeResponse: break
        case BackendMessage.errorResponse:
            let text = (try? ErrorFields(body: body)).map { "\($0.severity) \($0.message)" } ?? "server error"
            disconnectServer(slot, text)
        default:
            shared.log.write(
                .warning,
                "\(prefix(ofServer: slot))got packet '\(Unicode.Scalar(type.rawValue))' from server when not linked")
            disconnectServer(slot, "idle server got dirty")
        }
    }
}

extension ErrorFields {
    /// The server ends the connection after this error.
    var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }
}
