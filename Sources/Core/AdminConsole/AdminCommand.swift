/// One command of the console.
///
/// Source: PgBouncer, doc/usage.md “Admin console”
package enum AdminCommand: Hashable, Sendable {
    /// SHOW and, with the same meaning, SELECT.
    case show(ShowTarget)
    case showParameter(ProbeParameter)
    /// Changes a setting until the next reload. The key keeps its letter case.
    case set(key: String, value: String)
    /// Accepted and ignored, with a notice: ``AdminReply/setIgnored``.
    case setParameter(ProbeParameter)
    case reload
    /// `nil` stands for every database, here and below.
    case pause(database: String?)
    case resume(database: String?)
    case suspend
    case kill(database: String?)
    /// The `id` that SHOW CLIENTS shows.
    case killClient(id: UInt64)
    case disable(database: String)
    case enable(database: String)
    case reconnect(database: String?)
    case waitClose(database: String?)
    case shutdown(ShutdownMode)

    package enum ShutdownMode: Hashable, Sendable {
        /// At once, without a reply: the console notices by losing its connection.
        case immediate
        /// Accept no clients, pause, exit when the servers are released.
        case waitForServers
        /// Accept no clients, exit when all have left.
        case waitForClients
    }

    /// The tag of CommandComplete when the command has succeeded.
    package var tag: String {
        switch self {
        case .show, .showParameter: "SHOW"
        case .set(let key, let value): "SET \(key)=\(value)"
        case .setParameter: "SET"
        case .reload: "RELOAD"
        case .pause: "PAUSE"
        case .resume: "RESUME"
        case .suspend: "SUSPEND"
        case .kill: "KILL"
        case .killClient: "KILL_CLIENT"
        case .disable: "DISABLE"
        case .enable: "ENABLE"
        case .reconnect: "RECONNECT"
        case .waitClose: "WAIT_CLOSE"
        case .shutdown: "SHUTDOWN"
        }
    }

    /// The database the command is about, if it names one.
    package var database: String? {
        switch self {
        case .pause(let name), .resume(let name), .kill(let name), .reconnect(let name), .waitClose(let name): name
        case .disable(let name), .enable(let name): name
        default: nil
        }
    }

    /// True when a ``database`` not known yet is made from the `*` entry before the command gives up.
    package var registersDatabase: Bool {
        switch self {
        case .pause, .kill, .disable, .reconnect, .waitClose: database != nil
        default: false
        }
    }
}
