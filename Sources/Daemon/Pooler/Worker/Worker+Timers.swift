import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig

/// Time-outs of clients. Waits for servers and the life of servers are timed by the pools.
extension Worker where Engine: ~Copyable {
    /// Makes sure a timer fires no later than the client's next deadline.
    @inline(__always)
    mutating func armTimer(_ slot: Slot<Client>) {
        // As nearly always; this is asked three times per transaction.
        if clients[slot].phase == .active, clients[slot].timeouts.areOff { return }
        armNextTimeout(slot)
    }

    private mutating func armNextTimeout(_ slot: Slot<Client>) {
        guard let deadline = nextTimeout(slot)?.deadline else { return }
        if let armed = clients[slot].armedTimer, armed <= deadline { return }
        clients[slot].armedTimer = deadline
        timers.add(deadline, slot: slot, generation: clients.generation(of: slot))
    }

    mutating func fireTimers() {
        while let (slot, generation) = timers.popDue(at: now) {
            guard clients.isLive(slot, generation) else { continue }
            clients[slot].armedTimer = nil
            guard let timeout = nextTimeout(slot) else { continue }
            if timeout.deadline <= now {
                expire(slot, timeout.reason)
            } else {
                armTimer(slot)
            }
        }
    }

    /// Limits how long a server may take to finish the requests of a client that has left.
    mutating func armTimer(_ slot: Slot<Server>, _ deadline: Instant) {
        servers[slot].drainDeadline = deadline
        serverTimers.add(deadline, slot: slot, generation: servers.generation(of: slot))
    }

    mutating func endOverdueServers() {
        while let (slot, generation) = serverTimers.popDue(at: now) {
            guard servers.isLive(slot, generation), let deadline = servers[slot].drainDeadline, deadline <= now,
                servers[slot].use == .draining || servers[slot].use == .closing
            else { continue }
            disconnectServer(slot, TimeoutReason.query.rawValue, cancelsQuery: true)
        }
    }

    /// PgBouncer's words for what took too long.
    private enum TimeoutReason: String {
        case login = "client_login_timeout"
        case loginServerDown = "client_login_timeout (server down)"
        case idle = "client_idle_timeout"
        case query = "query timeout"
        case idleTransaction = "idle transaction timeout"
        case transaction = "transaction timeout"
    }

    // Inlined, because a call that does not mutate the worker copies it.
    @inline(__always)
    private func nextTimeout(_ slot: Slot<Client>) -> (deadline: Instant, reason: TimeoutReason)? {
        var next: (deadline: Instant, reason: TimeoutReason)?
        func consider(_ start: Instant, _ nanoseconds: Int64, _ reason: TimeoutReason) {
            guard nanoseconds > 0 else { return }
            let deadline = start.advanced(byNanoseconds: nanoseconds)
            if let known = next, known.deadline <= deadline { return }
            next = (deadline, reason)
        }
        let timeouts = clients[slot].timeouts
        switch clients[slot].phase {
        case .startup, .authenticating:
            let limit = live.clientLoginTimeout
            consider(clients[slot].details.connectTime, limit, .login)
        case .active:
            guard let server = clients[slot].server else {
                consider(clients[slot].requestTime, timeouts.idle, .idle)
                break
            }
            if let start = clients[slot].transactionStart { consider(start, timeouts.transaction, .transaction) }
            if let start = clients[slot].queryStart ?? clients[slot].waitStart {
                consider(start, timeouts.query, .query)
            } else if servers[server].status != .idle {
                consider(clients[slot].requestTime, timeouts.idleTransaction, .idleTransaction)
            }
        case .awaitingWelcome:
            let limit = live.clientLoginTimeout
            consider(clients[slot].details.connectTime, limit, .loginServerDown)
        case .waiting, .console, .consoleWaiting, .canceling: break
        }
        return next
    }

    private mutating func expire(_ slot: Slot<Client>, _ reason: TimeoutReason) {
        // What the server is doing for this client must end too: PostgreSQL notices a closed connection late, but it
        // is the only way that cannot hit another client's query.
        if let server = clients[slot].server {
            disconnectServer(server, reason.rawValue)
        } else {
            disconnectClient(slot, reason.rawValue)
        }
    }
}
