import PGConnInfo
import PGSession
import Testing

/// Follows a plan through simulated servers and records its steps.
@Suite struct ConnectPlanTests {
    /// The behavior of a simulated server.
    enum Fate: Sendable {
        case down, silent, hangsUp, wrongPassword, startingUp, tooMany, noTLS
        /// The handshake fails, or the certificate is not accepted.
        case badTLS
        case forged
        case primary, standby, readOnly
        /// Reports nothing about itself after log-in.
        case oldPrimary, oldStandby
        /// Rejects every client without TLS, or with it.
        case onlyTLS, onlyPlain
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let options: String
        let world: [[Fate]]
        let path: String
        var testDescription: String { "\(options) in \(world)" }

        init(_ options: String, _ world: [[Fate]], _ path: String) {
            (self.options, self.world, self.path) = (options, world, path)
        }
    }

    /// `0` a host's number, `.1` its address if it is not the first, `s` with TLS, `?` queried, `!` used, `-` given up.
    /// Outcomes are those of libpq 18, except for “hangs up”.
    static let table: [Row] = [
        Row("host=a", [[.primary]], "0s!"),
        Row("host=a sslmode=disable", [[.primary]], "0!"),
        Row("host=/tmp", [[.primary]], "0!"),
        Row("host=/tmp sslmode=verify-full", [[.primary]], "0!"),
        // Addresses and hosts.
        Row("host=a,b", [[.down], [.primary]], "0s 1s!"),
        Row("host=a,b", [[.down, .silent, .hangsUp], [.primary]], "0s 0.1s 0.2s 1s!"),
        Row("host=a,b", [[], [.primary]], "1s!"),
        Row("host=a,b", [[.down], [.down]], "0s 1s -"),
        Row("host=a,b", [[.startingUp, .primary], [.primary]], "0s 0 1s!"),
        Row("host=a,b sslmode=require", [[.startingUp, .primary], [.primary]], "0s 1s!"),
        // The events that end the list.
        Row("host=a,b sslmode=require", [[.wrongPassword], [.primary]], "0s -"),
        Row("host=a,b sslmode=require", [[.tooMany], [.primary]], "0s -"),
        Row("host=a,b sslmode=require", [[.badTLS], [.primary]], "0s -"),
        Row("host=a,b sslmode=require", [[.noTLS], [.primary]], "0s -"),
        Row("host=a,b sslmode=require", [[.forged], [.primary]], "0s -"),
        Row("host=a,b", [[.forged], [.primary]], "0s -"),
        // sslmode
        Row("host=a sslmode=allow", [[.primary]], "0!"),
        Row("host=a sslmode=allow", [[.onlyTLS]], "0 0s!"),
        Row("host=a sslmode=allow", [[.wrongPassword]], "0 0s -"),
        Row("host=a sslmode=prefer", [[.onlyPlain]], "0s 0!"),
        Row("host=a sslmode=prefer", [[.badTLS]], "0s 0!"),
        Row("host=a sslmode=prefer", [[.noTLS]], "0s!"),
        Row("host=a sslmode=prefer", [[.wrongPassword]], "0s 0 -"),
        Row("host=a sslmode=require", [[.onlyPlain]], "0s -"),
        Row("host=a sslmode=verify-full", [[.onlyTLS]], "0s!"),
        Row("host=a sslmode=disable", [[.onlyTLS]], "0 -"),
        // target_session_attrs
        Row("host=a,b sslmode=disable target_session_attrs=read-write", [[.standby], [.primary]], "0 1!"),
        Row("host=a,b sslmode=disable target_session_attrs=read-write", [[.readOnly], [.primary]], "0 1!"),
        Row("host=a,b sslmode=disable target_session_attrs=read-only", [[.primary], [.standby]], "0 1!"),
        Row("host=a,b sslmode=disable target_session_attrs=read-only", [[.readOnly], [.standby]], "0!"),
        Row("host=a,b sslmode=disable target_session_attrs=primary", [[.standby], [.readOnly]], "0 1!"),
        Row("host=a,b sslmode=disable target_session_attrs=standby", [[.primary], [.primary]], "0 1 -"),
        Row("host=a,b sslmode=disable target_session_attrs=standby", [[.primary, .standby], [.standby]], "0 1!"),
        Row("host=a,b sslmode=disable target_session_attrs=prefer-standby", [[.primary], [.standby]], "0 1!"),
        Row("host=a,b sslmode=disable target_session_attrs=prefer-standby", [[.primary], [.primary]], "0 1 0!"),
        Row("host=a,b sslmode=disable target_session_attrs=prefer-standby", [[.down], [.down]], "0 1 0 1 -"),
        Row("host=a sslmode=disable target_session_attrs=prefer-standby", [[.wrongPassword]], "0 -"),
        Row("host=a,b sslmode=disable target_session_attrs=read-write", [[.oldStandby], [.oldPrimary]], "0? 1?!"),
        Row("host=a,b sslmode=disable target_session_attrs=standby", [[.oldPrimary], [.oldStandby]], "0? 1?!"),
        Row("host=a sslmode=disable target_session_attrs=any", [[.oldPrimary]], "0!"),
    ]

    @Test(arguments: table)
    func `Attempts are made in the same order as by libpq`(row: Row) throws {
        #expect(try Self.walk(row.options, row.world, seed: 1).path == row.path)
    }

    @Test func `A failure lists every attempt`() throws {
        let failures = try Self.walk("host=a,b", [[.down, .silent], [.wrongPassword]], seed: 1).failures
        #expect(failures.map(\.message) == ["0s", "0.1s", "1s", "1"])
    }

    @Test func `A random order visits every host and address once, and is the same for the same seed`() throws {
        let world = [[Fate.down, .down, .down], [.down], [.down, .down]]
        var paths: [String] = []
        for seed in 0..<50 as Range<UInt64> {
            let path = try Self.walk("host=a,b,c sslmode=disable load_balance_hosts=random", world, seed: seed).path
            #expect(path.split(separator: " ").sorted() == ["-", "0", "0.1", "0.2", "1", "2", "2.1"])
            #expect(
                path == (try Self.walk("host=a,b,c sslmode=disable load_balance_hosts=random", world, seed: seed).path))
            if !paths.contains(path) { paths.append(path) }
        }
        for first in ["0", "1", "2"] { #expect(paths.contains { $0.hasPrefix(first) }) }
    }

    private static func walk(_ string: String, _ world: [[Fate]], seed: UInt64) throws -> (
        path: String, failures: [ConnectFailure]
    ) {
        let options = try ConnectionOptions(
            try ConnectionString(string), environment: ClientEnvironment(systemUser: "u"))
        var plan = ConnectPlan(options, seed: seed)
        var path: [String] = []
        var present: ConnectPlan.Attempt?
        for _ in 0..<100 {
            switch plan.step {
            case .resolve(let host):
                if world[host].isEmpty {
                    plan.failed(ConnectFailure(.unreachable, "unknown"))
                } else {
                    plan.resolved(addresses: world[host].count)
                }
            case .attempt(let attempt):
                present = attempt
                let wantsTLS = attempt.encryption != .plain
                let word =
                    "\(attempt.host)" + (attempt.address == 0 ? "" : ".\(attempt.address)") + (wantsTLS ? "s" : "")
                path.append(word)
                meet(world[attempt.host][attempt.address], attempt, word, &plan)
            case .ask:
                path[path.count - 1] += "?"
                let isStandby = present.map { world[$0.host][$0.address] } == .oldStandby
                if plan.answered(isStandby) != nil { plan.failed(ConnectFailure(.unsuitable, "unsuitable")) }
            case .use:
                path[path.count - 1] += "!"
                return (path.joined(separator: " "), plan.failures)
            case .giveUp:
                path.append("-")
                return (path.joined(separator: " "), plan.failures)
            }
        }
        return ("for ever", plan.failures)
    }

    private static func meet(_ fate: Fate, _ attempt: ConnectPlan.Attempt, _ word: String, _ plan: inout ConnectPlan) {
        let isEncrypted = attempt.encryption != .plain && fate != .noTLS
        func fail(_ kind: ConnectFailure.Kind) {
            plan.failed(ConnectFailure(kind, word, isEncrypted: isEncrypted && kind != .tls))
        }
        func greet(_ parameters: [String: String]) {
            if plan.connected(parameters) != nil { fail(.unsuitable) }
        }
        func refuse(_ state: String) { fail(.server(ServerError(sqlState: state))) }
        switch fate {
        case .down: fail(.unreachable)
        case .silent: fail(.timedOut)
        case .hangsUp: fail(.lost)
        case .wrongPassword: refuse("28P01")
        case .startingUp: refuse("57P03")
        case .tooMany: refuse("53300")
        case .forged: fail(.protocolViolation)
        case .badTLS where isEncrypted: fail(.tls)
        case .noTLS where attempt.encryption == .tls: fail(.tlsNotOffered)
        case .onlyTLS where !isEncrypted, .onlyPlain where isEncrypted: refuse("28000")
        case .standby: greet(["in_hot_standby": "on", "default_transaction_read_only": "off"])
        case .readOnly: greet(["in_hot_standby": "off", "default_transaction_read_only": "on"])
        case .oldPrimary, .oldStandby: greet(["server_version": "13.4"])
        case .primary, .badTLS, .noTLS, .onlyTLS, .onlyPlain:
            greet(["in_hot_standby": "off", "default_transaction_read_only": "off"])
        }
    }
}
