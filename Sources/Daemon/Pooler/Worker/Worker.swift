import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerStats

/// One thread's share of the pooler: its clients, its servers, and the engine that moves their bytes.
///
/// A client belongs to a worker for life. A server is at home with the worker that opened it, until a link takes it to
/// another. The worker carries out what the cores decide and decides nothing itself: ``PoolGroup`` says who gets which
/// server, ``RequestTracker`` when they may part.
struct Worker<Engine: IOEngine & ~Copyable>: ~Copyable {
    let id: WorkerID
    let shared: SharedState
    private let mailbox: Mailbox
    var engine: Engine
    var live: LiveConfiguration {
        didSet { traffic = TrafficSettings(live.settings) }
    }
    private(set) var traffic: TrafficSettings
    var clients = Slab<Client>()
    var servers = Slab<Server>()
    var cancels = Slab<CancelConnection>(capacity: 4)
    var serverSlots = ServerSlots()
    var cancelSlots: [CancelID: UInt32] = [:]
    /// Servers that are to be closed and have not arrived yet.
    var closesToCome: [ServerID: PoolGroup.CloseReason] = [:]
    /// By database index; the sum over all workers is what the console shows.
    var stats = Slab<(database: DatabaseID, counters: PoolStats)>(capacity: 4)
    var consoleStats = PoolStats()
    var timers = TimerHeap()
    var cancelTimers = TimerHeap()
    var parameterSets = ParameterSets()
    var writer = WireWriter()
    /// For the bytes of clients that wait.
    var spareBuffers = SpareBuffers()
    var isStopped = false
    /// The engine's time, which stands still during a turn. Kept here because asking an engine, which cannot be copied
    /// but is borrowed through a protocol, moves all of it in memory.
    private(set) var now: Instant

    private var mail: [Mail] = []
    /// What the pools have decided and is being carried out. Carrying it out may make them decide more, which goes
    /// behind it and is gone again before the rest has its turn.
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
        if let pools = shared.nextPoolDeadline { deadline = min(deadline ?? pools, pools) }
        engine.wait(until: deadline)
        mailbox.endWaiting()
        now = engine.now
        while let completion = engine.nextCompletion() { handle(completion) }
        readMail()
        if let next = timers.next, next <= now { fireTimers() }
        if let next = cancelTimers.next, next <= now { endOverdueCancels() }
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
        let slot = token.slot
        switch token.kind {
        case .client where clients.isLive(slot, token.generation): receive(fromClient: slot, piece)
        case .server where servers.isLive(slot, token.generation): receive(fromServer: slot, piece)
        default: break
        }
    }

    private mutating func handleConnected(_ token: SocketToken) {
        switch token.kind {
        case .server where servers.isLive(token.slot, token.generation): beginLogin(token.slot)
        case .cancel where cancels.isLive(token.slot, token.generation): cancelConnected(token.slot)
        default: break
        }
    }

    private mutating func handleEnd(_ token: SocketToken, error: Int32) {
        switch token.kind {
        case .client where clients.isLive(token.slot, token.generation): clientEnded(token.slot, error: error)
        case .server where servers.isLive(token.slot, token.generation): serverEnded(token.slot, error: error)
        case .cancel where cancels.isLive(token.slot, token.generation): cancelEnded(token.slot, error: error)
        default: break
        }
    }

    /// Bytes that seemed to be on their way are not: whoever they came from is not read until they are.
    private mutating func handleCongested(_ token: SocketToken) {
        switch token.kind {
        case .client where clients.isLive(token.slot, token.generation):
            if let server = clients[token.slot].server {
                holdBack(server: server)
            } else if clients[token.slot].phase == .active || clients[token.slot].phase == .waiting {
                leaveBehind(token.slot)
            }
        case .server where servers.isLive(token.slot, token.generation):
            if let client = servers[token.slot].client { holdBack(client: client) }
        default: break
        }
    }

    private mutating func handleDrained(_ token: SocketToken) {
        switch token.kind {
        case .client where clients.isLive(token.slot, token.generation):
            if clients[token.slot].isBacklogged {
                clients[token.slot].isBacklogged = false
                if clients[token.slot].phase == .active { engine.resume(clients[token.slot].socket) }
            }
            guard let server = clients[token.slot].server, servers[server].isHeldBack else { return }
            servers[server].isHeldBack = false
            engine.resume(servers[server].socket)
        case .server where servers.isLive(token.slot, token.generation):
            guard let client = servers[token.slot].client, clients[client].isHeldBack else { return }
            clients[client].isHeldBack = false
            engine.resume(clients[client].socket)
        default: break
        }
    }

    // MARK: - Names

    /// Where the client with this name is, if it is still here.
    @inline(__always)
    func clientSlot(of client: ClientID) -> UInt32? {
        clients.isLive(Int(client.slot)) && clients[client.slot].id == client ? client.slot : nil
    }

    /// Where the client with this number is. O(clients): for what people ask, and cancel requests.
    func clientSlot(numbered number: UInt64) -> UInt32? {
        (0..<UInt32(clients.endIndex)).first { clients.isLive(Int($0)) && clients[$0].id.rawValue == number }
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

/// Tokens name a connection's kind, slot and generation.
extension SocketToken {
    enum Kind: UInt64 {
        case client, server, cancel
    }

    init(_ kind: Kind, slot: UInt32, generation: UInt32) {
        self.init(rawValue: UInt64(generation) << 32 | UInt64(slot) << 2 | kind.rawValue)
    }

    /// The kind; the fourth bit pattern is never made.
    var kind: Kind { Kind(rawValue: rawValue & 3) ?? .cancel }
    var slot: UInt32 { UInt32(truncatingIfNeeded: rawValue) >> 2 }
    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
