package import PGConnInfo
import SeededChance

/// Decides which server is tried next, and how, and when to give up.
///
/// A pure value: whoever makes connections does what ``step`` says, tells what came of it, and looks at ``step`` again.
/// All addresses of all hosts in turn, on each of them with TLS or without as `sslmode` allows, until one has let us in
/// that is of the kind `target_session_attrs` asks for.
///
/// Like libpq 18, but for one thing: if a server hangs up in the middle of the log-in, the next one is tried, too.
/// Behind a load balancer that is how a dead server looks.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-MULTIPLE-HOSTS and libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
package struct ConnectPlan: Sendable {
    /// What there is to do.
    package enum Step: Hashable, Sendable {
        /// Find the addresses of this host, then ``resolved(addresses:)`` or ``failed(_:)``.
        case resolve(host: Int)
        /// Connect and log in, then ``connected(_:)`` or ``failed(_:)``.
        case attempt(Attempt)
        /// Ask the server that has just let us in, then ``answered(_:)`` or ``failed(_:)``.
        case ask(SessionRequirement.Question)
        /// Be content with the server that has just let us in.
        case use
        /// Give up; ``failures`` says why. The last one decides.
        case giveUp
    }

    /// One try.
    package struct Attempt: Hashable, Sendable {
        /// Which of ``ConnectionOptions/hosts``.
        package var host: Int
        /// Which of the host's addresses, in the order of the look-up.
        package var address: Int
        /// With TLS or without.
        package var encryption: Encryption
    }

    /// How much TLS there is in an attempt.
    package enum Encryption: Hashable, Sendable {
        /// None.
        case plain
        /// If the server offers it; without it on the same connection if not.
        case tlsIfOffered
        /// Or nothing.
        case tls
    }

    /// What there is to do now.
    package private(set) var step: Step
    /// What came to nothing so far, in order.
    package private(set) var failures: [ConnectFailure] = []

    private let target: ConnectionOptions.TargetSessionAttrs
    private let mode: ConnectionOptions.SSLMode
    private let servers: [ConnectionString.Server]
    private var chance: SplitMix64?
    /// The hosts of a pass, in the order in which they are tried.
    private let hosts: [Int]
    /// Those of the present pass that are still to be tried, the present one first.
    private var remainingHosts: ArraySlice<Int>
    /// The addresses of the present host that are still to be tried, the present one first.
    private var remainingAddresses: ArraySlice<Int> = []
    /// What may still be tried with the present address, the present attempt first.
    private var remainingEncryptions: ArraySlice<Encryption> = []
    /// Whether every host had its chance to be a standby.
    private var isSecondPass = false

    /// - Parameter seed: chance for `load_balance_hosts=random`; equal seeds give equal orders.
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

    /// The present host has so many addresses. A Unix socket is one.
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

    /// What ``step`` asked for came to nothing. A connection that is open is to be closed.
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

    /// A server has let us in and reported this.
    ///
    /// - Returns: why it will not do, if it will not; then ``failed(_:)`` has to be called.
    package mutating func connected(_ parameters: [String: String]) -> String? {
        settle(SessionRequirement.judge(passTarget, parameters))
    }

    /// A server has answered the question.
    ///
    /// - Returns: why it will not do, if it will not; then ``failed(_:)`` has to be called.
    package mutating func answered(_ answer: Bool) -> String? {
        settle(SessionRequirement.judge(passTarget, answer))
    }

    private static let cannotConnectNow = "57P03"

    private var passTarget: ConnectionOptions.TargetSessionAttrs { isSecondPass ? .any : target }

    private mutating func settle(_ verdict: SessionRequirement.Verdict) -> String? {
        switch verdict {
        case .fits: step = .use
        case .ask(let question): step = .ask(question)
        case .unsuitable(let reason): return reason
        }
        return nil
    }
}

/// What comes next.
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

    /// - Returns: whether there is another way to talk to the present address.
    private mutating func tryOtherEncryption(after failure: ConnectFailure) -> Bool {
        guard case .attempt(var attempt) = step else { return false }
        remainingEncryptions = remainingEncryptions.dropFirst()
        // Who went on without TLS on the same connection has tried that already.
        if !failure.isEncrypted, attempt.encryption == .tlsIfOffered, failure.kind != .tls { return false }
        guard let next = remainingEncryptions.first else { return false }
        attempt.encryption = next
        step = .attempt(attempt)
        return true
    }
}
