import NIOCore
import NIOPosix
import PGConnInfo
import PGSession

/// One call of ``ServerConnector/connect()``: carries out the steps of its plan.
struct ConnectRun {
    private let connector: ServerConnector
    private let password: Secret?
    private let loop: any EventLoop
    private var plan: ConnectPlan
    /// The addresses of the current host.
    private var endpoints: [Endpoint] = []
    /// The connection that has logged in and is being evaluated.
    private var candidate: LoggedIn?
    /// The current attempt, and the deadline for its address.
    private var place: ConnectPlan.Attempt?
    private var deadline: NIODeadline?

    init(_ connector: ServerConnector, password: Secret?) {
        self.connector = connector
        self.password = password
        loop = connector.group.any()
        plan = ConnectPlan(connector.options, seed: .random(in: .min ... .max))
    }

    private var options: ConnectionOptions { connector.options }

    mutating func connect() async throws(PostgresError) -> ConnectedServer {
        while true {
            guard !Task.isCancelled else {
                candidate?.terminate()
                throw PostgresError(.cancelled, "cancelled while connecting")
            }
            switch plan.step {
            case .resolve(let host): await resolve(host)
            case .attempt(let attempt): await perform(attempt)
            case .ask(let question): await ask(question)
            case .use: if let server = await use() { return server }
            case .giveUp: throw PostgresError(plan.failures)
            }
        }
    }

    private mutating func resolve(_ host: Int) async {
        let server = options.hosts[host].server
        if let path = server.socketPath(in: connector.socketDirectory) {
            endpoints = [Endpoint(place: .unix(path), host: nil, port: server.port)]
            return plan.resolved(addresses: 1)
        }
        let scope = ConnectScope()
        do {
            let addresses = try await scope.limit(on: loop, until: timeLimit) {
                try await scope.value(of: NameLookup.addresses(of: server, on: loop))
            }
            let name = server.host ?? server.address
            endpoints = addresses.map { Endpoint(place: .tcp($0), host: name, port: server.port) }
            plan.resolved(addresses: endpoints.count)
        } catch {
            let what = server.address == nil ? "could not translate host name" : "could not parse network address"
            let reason = (error as? NameLookup.Failure)?.reason ?? "timeout expired"
            let name = server.address ?? server.host ?? "localhost"
            plan.failed(ConnectFailure(.unreachable, "\(what) \"\(name)\" to address: \(reason)"))
        }
    }

    private mutating func perform(_ attempt: ConnectPlan.Attempt) async {
        if attempt.host != place?.host || attempt.address != place?.address { deadline = timeLimit }
        place = attempt
        let scope = ConnectScope()
        let host = options.hosts[attempt.host]
        let step = ConnectAttempt(
            connector: connector, endpoint: endpoints[attempt.address], server: host.server,
            request: LogInRequest(options, password: password ?? host.password), encryption: attempt.encryption,
            scope: scope)
        do {
            let loggedIn = try await scope.limit(on: loop, until: deadline) { try await step.perform(on: loop) }
            candidate = loggedIn
            evaluate { $0.connected(loggedIn.exchange.parameters) }
        } catch {
            plan.failed(error as? ConnectFailure ?? ConnectFailure(.lost, "\(type(of: error))"))
        }
    }

    private mutating func ask(_ question: SessionRequirement.Question) async {
        guard var candidate else { return }
        do {
            let answer = try await candidate.scope.limit(on: loop, until: deadline) {
                try await candidate.answer(to: question)
            }
            self.candidate = candidate
            evaluate { $0.answered(answer) }
        } catch {
            reject("\"\(question.rawValue)\" failed")
        }
    }

    private mutating func use() async -> ConnectedServer? {
        guard let candidate, let place else { return nil }
        do {
            let received = try await candidate.wire.release()
            guard candidate.scope.succeed() else { throw ConnectionClosed() }
            let sender = CancelSender(
                connector: connector, endpoint: endpoints[place.address], server: options.hosts[place.host].server,
                isEncrypted: candidate.isEncrypted)
            return candidate.server(leftover: candidate.leftover + received, cancelling: sender)
        } catch {
            let message = "\(endpoints[place.address].failureMessage): server closed the connection unexpectedly"
            candidate.scope.abandon()
            self.candidate = nil
            plan.failed(ConnectFailure(.lost, message))
            return nil
        }
    }

    private mutating func evaluate(_ verdict: (inout ConnectPlan) -> String?) {
        if let reason = verdict(&plan) { reject(reason) }
    }

    private mutating func reject(_ reason: String) {
        candidate?.terminate()
        candidate = nil
        guard let place else { return }
        plan.failed(ConnectFailure(.unsuitable, "\(endpoints[place.address].failureMessage): \(reason)"))
    }

    private var timeLimit: NIODeadline? {
        options.connectTimeout.map { .now() + TimeAmount($0) }
    }
}
