import IOEngine
import LoginCore
import PGAuth
import PoolCore
import PoolerConfig

/// Carries out what ``ClientLogin`` decides, from the first packet to the proof.
extension Worker where Engine: ~Copyable {
    mutating func receiveLogin(_ slot: Slot<Client>, _ bytes: UnsafeRawBufferPointer) {
        guard let login = clients[slot].login else { return }
        unsafe login.exchange.receive(bytes)
        proceed(slot, login)
    }

    private mutating func proceed(_ slot: Slot<Client>, _ login: PendingLogin) {
        let rules = ClientLogin.Rules(
            tracked: live.tracked, ignoredParameters: live.settings.ignoreStartupParameters)
        var random = SystemRandomNumberGenerator()
        while clients.isLive(slot), clients[slot].login === login,
            let action = login.exchange.next(rules, using: &random)
        {
            carryOut(action, slot, login)
        }
    }

    private mutating func carryOut(_ action: ClientLogin.Action, _ slot: Slot<Client>, _ login: PendingLogin) {
        switch action {
        case .send(let bytes): send(bytes, toClient: slot)
        case .log(let note): shared.log.write(note.level.logLevel, "\(prefix(ofClient: slot))\(note.text)")
        case .identify(let request): identify(slot, request, login)
        case .derive(let order): derive(order, slot, login)
        case .cancel(let key): beginCanceling(slot, key)
        case .accept(let acceptance):
            clients[slot].details.role = acceptance.role
            if let keys = acceptance.keys { login.user?.provenKeys = keys }
            authenticated(slot, login)
        case .refuse(let refusal): refuse(slot, refusal)
        }
    }

    private mutating func send(_ bytes: [UInt8], toClient slot: Slot<Client>) {
        let socket = clients[slot].socket
        _ = unsafe bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
    }

    private mutating func refuse(_ slot: Slot<Client>, _ refusal: LoginRefusal) {
        let name = prefix(ofClient: slot)
        let isTold = refusal.answer != .nothing
        if isTold { send(refusal.answer.encoded, toClient: slot) }
        disconnectClient(slot, refusal.reason, notifying: false)
        if isTold, live.settings.logPoolerErrors {
            shared.log.write(.warning, "\(name)pooler error: \(refusal.reason)")
        }
    }

    // MARK: - Hashing

    /// Has a password hashed on another thread. Until it has been, the client is not read.
    private mutating func derive(_ order: KeyOrder, _ slot: Slot<Client>, _ login: PendingLogin) {
        let mailbox = shared.mailboxes[Int(id.rawValue)]
        let (client, user) = (clients[slot].id, login.user)
        hold(slot, for: .hashingPassword)
        let isQueued = shared.hashers.submit(isUrgent: order.purpose != .delay) {
            let secret =
                if order.purpose == .verifier, let user {
                    user.verifier(password: order.password, parameters: order.parameters).secret
                } else {
                    ScramSecret(password: order.password, parameters: order.parameters)
                }
            mailbox.post(.hashedForClient(client, secret))
        }
        if !isQueued { finishHashing(slot, login, nil) }
    }

    mutating func hashed(_ client: ClientID, _ secret: ScramSecret) {
        guard let slot = clientSlot(of: client), let login = clients[slot].login else { return }
        finishHashing(slot, login, secret)
        proceed(slot, login)
    }

    private mutating func finishHashing(_ slot: Slot<Client>, _ login: PendingLogin, _ secret: ScramSecret?) {
        release(slot, from: .hashingPassword)
        login.exchange.derived(secret)
    }
}

extension LoginNote.Level {
    var logLevel: LogLevel {
        switch self {
        case .log: .log
        case .warning: .warning
        case .error: .error
        }
    }
}
