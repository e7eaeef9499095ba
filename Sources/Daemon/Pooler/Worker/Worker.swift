import AdminConsole
import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerStats

/// One thread's share of the pooler: its clients, its servers, and the engine that moves their bytes.
///
/// A client belongs to a worker for life. A server is at home with the worker that opened it, until a link takes it to
/// another. The worker carries out what the cores decide: ``PoolGroup`` says which client gets which server,
/// ``LinkState`` when the two separate and what becomes of the server.
struct Worker<Engine: IOEngine & ~Copyable>: ~Copyable {
    let id: WorkerID
    let shared: SharedState
    private let mailbox: Mailbox
    var engine: Engine
    var live: LiveConfiguration {
        didSet { traffic = TrafficSettings(live.settings) }
    }
    private(set) var traffic: TrafficSettings
    var clients = ConnectionSlab<Client>()
    var servers = ConnectionSlab<Server>()
    var cancels = ConnectionSlab<CancelConnection>(capacity: 4)
    var serverSlots = ServerSlots()
    var cancelSlots: [CancelID: Slot<CancelConnection>] = [:]
    /// Servers that are to be closed and have not arrived yet.
    var closesToCome: [ServerID: PoolGroup.CloseReason] = [:]
    /// By database index; the sum over all workers is what the console shows.
    var stats = Slab<(database: DatabaseID, counters: PoolStats)>(capacity: 4)
    var consoleStats = PoolStats()
    var timers = TimerHeap<Client>()
    var cancelTimers = TimerHeap<CancelConnection>()
    var serverTimers = TimerHeap<Server>()
    /// Whose commands the console runs next.
    var consoleTurns = CommandTurns<ClientID>()
    /// ``consoleTurns`` has a command to run; kept here because each turn asks, and asking a generic value costs a
    /// call.
    var hasConsoleCommands = false
    var parameterSets = ParameterSets()
    var writer = WireWriter()
    /// What is written in place of messages of the client whose bytes are being passed on; empty otherwise.
    var requests = WireWriter()
    /// ``requests`` is not empty; a field, because asking it would retain its buffer.
    var hasRequests = false
    /// Two clients that use one name for their statements are still looked for, where names are passed on unseen.
    var watchesNames = true
    /// For the bytes of clients that wait.
    var spareBuffers = SpareBuffers()
    var isStopped = false
    /// The engine's time, which stands still during a turn. Kept here because asking an engine, which cannot be copied
    /// but is borrowed through a protocol, moves all of it in memory.
    private(set) var now: Instant

    private var mail: [Mail] = []
    /// What the pools have decided and is being carried out. Carrying it out may make them decide more, which goes
    /// after it and is removed before the rest is carried out.
    private var actions: [PoolGroup.Action] = []

    init(id: WorkerID, shared: SharedState, engine: consuming Engine) {
        self.id = id
        self.shared = shared
        mailbox = shared.mailboxes[Int(id.rawValue)]
        live = shared.live
        traffic = TrafficSettings(live.settings)
        self.engine = engine
        now = self.engine.now
        mailbox.open(wakingWith: self.engine.waker)
    }

    /// One turn: waits for something to happen and deals with all of it.
    mutating func turn() {
        var deadline = timers.next
        if let cancel = cancelTimers.next { deadline = min(deadline ?? cancel, cancel) }
        if let server = serverTimers.next { deadline = min(deadline ?? server, server) }
        if let pools = shared.nextPoolDeadline { deadline = min(deadline ?? pools, pools) }
        if hasConsoleCommands { deadline = now }
        engine.wait(until: deadline)
        mailbox.endWaiting()
        now = engine.now
        while let completion = engine.nextCompletion() { handle(completion) }
        readMail()
        if hasConsoleCommands { runConsoles() }
        if let next = timers.next, next <= now { fireTimers() }
        if let next = cancelTimers.next, next <= now { endOverdueCancels() }
        if let next = serverTimers.next, next <= now { endOverdueServers() }
        if let pools = shared.nextPoolDeadline, pools <= now { decide(.timePassed) }
        mailbox.beginWaiting()
    }

    @inline(__always)
    private mutating func handle(_ completion: Completion) {
        if case .received(let token, let piece) = completion {
            handleReceived(token, piece)
        } else {
            handleOther(completion)
        }
    }

    /// Apart, so that nothing is made ready for what is rare.
    @inline(never)
    private mutating func handleOther(_ completion: Completion) {
        switch completion {
        case .accepted(_, let socket): accept(socket)
        case .acceptFailed(_, let error): shared.log.write(.warning, "accept() failed: \(SystemError.text(error))")
        case .connected(let token): handleConnected(token)
        case .received: break
        case .closed(let token): handleEnd(token, error: 0)
        case .failed(let token, let error): handleEnd(token, error: error)
        case .congested(let token): handleCongested(token)
        case .drained(let token): handleDrained(token)
        }
    }

    private mutating func handleReceived(_ token: SocketToken, _ piece: ReceivedPiece) {
        switch token.owner {
        case .client(let slot) where clients.isLive(slot, token.generation): receive(fromClient: slot, piece)
        case .server(let slot) where servers.isLive(slot, token.generation): receive(fromServer: slot, piece)
        default: break
        }
    }

    private mutating func handleConnected(_ token: SocketToken) {
        switch token.owner {
        case .server(let slot) where servers.isLive(slot, token.generation): beginLogin(slot)
        case .cancel(let slot) where cancels.isLive(slot, token.generation): cancelConnected(slot)
        default: break
        }
    }

    private mutating func handleEnd(_ token: SocketToken, error: Int32) {
        switch token.owner {
        case .client(let slot) where clients.isLive(slot, token.generation): clientEnded(slot, error: error)
        case .server(let slot) where servers.isLive(slot, token.generation): serverEnded(slot, error: error)
        case .cancel(let slot) where cancels.isLive(slot, token.generation): cancelEnded(slot, error: error)
        default: break
        }
    }

    /// Bytes that the engine had taken are still queued: their source is not read until they have been sent.
    private mutating func handleCongested(_ token: SocketToken) {
        switch token.owner {
        case .client(let slot) where clients.isLive(slot, token.generation):
            if let server = clients[slot].server {
                holdBack(server: server)
            } else if clients[slot].phase.isConsole {
                consoleIsUnread(slot)
            } else if clients[slot].phase == .active || clients[slot].phase == .waiting {
                hold(slot, for: .answersUntaken)
            }
        case .server(let slot) where servers.isLive(slot, token.generation):
            if let client = servers[slot].client { hold(client, for: .serverCongested) }
        default: break
        }
    }

    private mutating func handleDrained(_ token: SocketToken) {
        switch token.owner {
        case .client(let slot) where clients.isLive(slot, token.generation):
            release(slot, from: .answersUntaken)
            if clients[slot].phase.isConsole { consoleWasRead(slot) }
            guard let server = clients[slot].server, servers[server].isHeldBack else { return }
            servers[server].isHeldBack = false
            engine.resume(servers[server].socket)
        case .server(let slot) where servers.isLive(slot, token.generation):
            if let client = servers[slot].client { release(client, from: .serverCongested) }
        default: break
        }
    }

    // MARK: - Names

    /// Where the client with this name is, if it is still here.
    @inline(__always)
    func clientSlot(of client: ClientID) -> Slot<Client>? {
        let slot = Slot<Client>(client.slot)
        return clients.isLive(slot) && clients[slot].id == client ? slot : nil
    }

    /// Where the client with this number is. O(clients): for what people ask, and cancel requests.
    func clientSlot(numbered number: UInt64) -> Slot<Client>? {
        clients.allSlots.first { clients.isLive($0) && clients[$0].id.rawValue == number }
    }

    // MARK: - Decisions

    /// Tells the pools a fact and carries out what they decide.
    mutating func decide(_ event: PoolGroup.Event) {
        let start = actions.count
        shared.handle(event, at: now, into: &actions)
        performActions(from: start)
    }

    /// Runs `body` on the pools and carries out what they decide.
    mutating func withBook<Result>(_ body: (inout PoolBook, inout [PoolGroup.Action]) -> Result) -> Result {
        let start = actions.count
        let result = shared.withBook(into: &actions, body)
        performActions(from: start)
        return result
    }

    private mutating func performActions(from start: Int) {
        for index in start..<actions.count {
            let action = actions[index]
            if case .link(let client, let worker, let server, let home) = action, home == id {
                beginLink(client, at: worker, server)
            } else if action.performer == id {
                perform(action)
            } else {
                shared.route(action)
            }
        }
        while actions.count > start { actions.removeLast() }
    }

    // MARK: - Mail

    private mutating func readMail() {
        guard mailbox.hasMail else { return }
        var letters = mail
        mail = []
        mailbox.collect(into: &letters)
        for letter in letters { open(letter) }
        mail = letters
    }
}

/// Tokens name the connection that owns a socket by its kind, slot and generation.
extension SocketToken {
    enum Owner {
        case client(Slot<Client>)
        case server(Slot<Server>)
        case cancel(Slot<CancelConnection>)
    }

    @inline(__always)
    init(_ owner: Owner, generation: UInt32) {
        let (kind, index): (UInt64, UInt32) =
            switch owner {
            case .client(let slot): (0, slot.index)
            case .server(let slot): (1, slot.index)
            case .cancel(let slot): (2, slot.index)
            }
        self.init(rawValue: UInt64(generation) << 32 | UInt64(index) << 2 | kind)
    }

    /// The owner. No initializer makes the fourth bit pattern.
    @inline(__always)
    var owner: Owner {
        let index = UInt32(truncatingIfNeeded: rawValue) >> 2
        return switch rawValue & 3 {
        case 0: .client(Slot(index))
        case 1: .server(Slot(index))
        default: .cancel(Slot(index))
        }
    }

    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
