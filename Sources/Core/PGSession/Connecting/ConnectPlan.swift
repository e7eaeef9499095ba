package import PGConnInfo
import SeededChance

/// Decides which server is tried next, in which way, and when to give up.
///
/// A pure value: the caller carries out ``step``, reports the outcome, and reads ``step`` again. All addresses of all
/// hosts are tried in turn, each with or without TLS as `sslmode` allows, until a server accepts the log-in and
/// satisfies `target_session_attrs`.
///
/// The plan follows libpq 18, with one exception: if a server closes the connection in the middle of the log-in, the
/// next one is tried, too, because a dead server looks like that through a load balancer.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-MULTIPLE-HOSTS and libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
package struct ConnectPlan: Sendable {
    /// The next step to carry out.
    package enum Step: Hashable, Sendable {
        /// Resolve the addresses of this host, then ``resolved(addresses:)`` or ``failed(_:)``.
        case resolve(host: Int)
        /// Connect and log in, then ``connected(_:)`` or ``failed(_:)``.
        case attempt(Attempt)
        /// Send a query to the server that has just accepted the log-in, then ``answered(_:)`` or ``failed(_:)``.
        case ask(SessionRequirement.Question)
        /// Use the server that has just accepted the log-in.
        case use
        /// Give up; ``failures`` lists the reasons. The last one determines the error.
        case giveUp
    }

    /// One attempt to connect.
    package struct Attempt: Hashable, Sendable {
        /// The index in ``ConnectionOptions/hosts``.
        package var host: Int
        /// The index of the host's address, in the order of the look-up.
        package var address: Int
        /// Whether to use TLS.
        package var encryption: Encryption
    }

    /// Whether an attempt uses TLS.
    package enum Encryption: Hashable, Sendable {
        /// Without TLS.
        case plain
        /// With TLS if the server offers it; otherwise without, on the same connection.
        case tlsIfOffered
        /// With TLS only.
        case tls
    }

    /// The step to carry out now.
    package private(set) var step: Step
    /// The failures so far, in order.
    package private(set) var failures: [ConnectFailure] = []

    private let target: ConnectionOptions.TargetSessionAttrs
    private let mode: ConnectionOptions.SSLMode
    private let servers: [ConnectionString.Server]
    private var chance: SplitMix64?
    /// The hosts of a pass, in the order of the attempts.
    private let hosts: [Int]
    /// The hosts of the current pass that remain, the current one first.
    private var remainingHosts: ArraySlice<Int>
    /// The addresses of the current host that remain, the current one first.
    private var remainingAddresses: ArraySlice<Int> = []
    /// The encryptions that remain for the current address, the current one first.
    private var remainingEncryptions: ArraySlice<Encryption> = []
    /// Whether the first pass of `prefer-standby`, in which only standbys are accepted, has ended.
    private var isSecondPass = false

    /// Creates a plan.
    ///
    /// - Parameter seed: the seed for `load_balance_hosts=random`; equal seeds give equal orders.
    package init(_ options: ConnectionOptions, seed: UInt64) {
        target = options.targetSessionAttrs
        mode = options.tls.mode
        servers = options.hosts.map(\.server)
        var order = Array(servers.indices)
        if options.loadBalanceHosts == .random {
            var chance = SplitMix64(seed: seed)
            order.shuffle(using: &chance)
            self.chance = chance
        }
        hosts = order
        remainingHosts = order[...]
        step = order.first.map { .resolve(host: $0) } ?? .giveUp
    }

    /// Reports the number of the current host's addresses. A Unix socket counts as one.
    package mutating func resolved(addresses count: Int) {
        guard case .resolve = step else { return }
        var order = Array(0..<max(count, 0))
        if var chance {
            order.shuffle(using: &chance)
            self.chance = chance
        }
        remainingAddresses = order[...]
        beginAddress()
    }

    /// Reports that the current step failed. An open connection must be closed.
    package mutating func failed(_ failure: ConnectFailure) {
        failures.append(failure)
        switch failure.kind {
        case .unreachable, .timedOut, .lost: nextAddress()
        case .unsuitable: nextHost()
        case .server(let error):
            if tryOtherEncryption(after: failure) { return }
            if error.sqlState == Self.cannotConnectNow { nextHost() } else { step = .giveUp }
        case .tls: if !tryOtherEncryption(after: failure) { step = .giveUp }
        case .tlsNotOffered, .authentication, .protocolViolation, .configuration: step = .giveUp
        }
    }

    /// Reports that a server accepted the log-in and sent these parameters.
    ///
    /// - Returns: the reason why it is unsuitable, if it is; then ``failed(_:)`` must be called.
    package mutating func connected(_ parameters: [String: String]) -> String? {
        apply(SessionRequirement.evaluate(passTarget, parameters))
    }

    /// Reports the server's answer to the query.
    ///
    /// - Returns: the reason why it is unsuitable, if it is; then ``failed(_:)`` must be called.
    package mutating func answered(_ answer: Bool) -> String? {
        apply(SessionRequirement.evaluate(passTarget, answer))
    }

    private static let cannotConnectNow = "57P03"

    private var passTarget: ConnectionOptions.TargetSessionAttrs { isSecondPass ? .any : target }

    private mutating func apply(_ verdict: SessionRequirement.Verdict) -> String? {
        switch verdict {
        case .suitable: step = .use
        case .ask(let question): step = .ask(question)
        case .unsuitable(let reason): return reason
        }
        return nil
    }
}

/// The transitions to the next step.
extension ConnectPlan {
    private mutating func beginAddress() {
        guard let host = remainingHosts.first, let address = remainingAddresses.first else { return nextHost() }
        let encryptions = encryptions(of: servers[host])
        remainingEncryptions = encryptions[...]
        step = .attempt(Attempt(host: host, address: address, encryption: encryptions[0]))
    }

    private func encryptions(of server: ConnectionString.Server) -> [Encryption] {
        if server.isUnixSocket { return [.plain] }
        return switch mode {
        case .disable: [.plain]
        case .allow: [.plain, .tls]
        case .prefer: [.tlsIfOffered, .plain]
        case .require, .verifyCA, .verifyFull: [.tls]
        }
    }

    private mutating func nextAddress() {
        remainingAddresses = remainingAddresses.dropFirst()
        if remainingAddresses.isEmpty { nextHost() } else { beginAddress() }
    }

    private mutating func nextHost() {
        remainingHosts = remainingHosts.dropFirst()
        if remainingHosts.isEmpty, target == .preferStandby, !isSecondPass {
            isSecondPass = true
            remainingHosts = hosts[...]
        }
        step = remainingHosts.first.map { .resolve(host: $0) } ?? .giveUp
    }

    /// Selects the next encryption for the current address.
    ///
    /// - Returns: whether there is one.
    private mutating func tryOtherEncryption(after failure: ConnectFailure) -> Bool {
        guard case .attempt(var attempt) = step else { return false }
        remainingEncryptions = remainingEncryptions.dropFirst()
        // An attempt that continued without TLS on the same connection has tried that already.
        if !failure.isEncrypted, attempt.encryption == .tlsIfOffered, failure.kind != .tls { return false }
        guard let next = remainingEncryptions.first else { return false }
        attempt.encryption = next
        step = .attempt(attempt)
        return true
    }
}
