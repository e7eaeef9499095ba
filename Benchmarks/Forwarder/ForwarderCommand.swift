import ArgumentParser
import Glibc
import IOEngine

/// `forwarder --listen 127.0.0.1:7300 --server 127.0.0.1:5432 --engine epoll`
@main
struct ForwarderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forwarder",
        abstract: "Forwards bytes between clients and PostgreSQL: the floor of script/bench.")

    @Option(help: "Numeric address and port to listen on.") var listen: Endpoint
    @Option(help: "Numeric address and port of PostgreSQL.") var server: Endpoint
    @Option(help: "The I/O engine: \(EngineName.allCases.map(\.rawValue).joined(separator: " or ")).")
    var engine = EngineName.epoll

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let listener = try PosixSockets.listen(on: listen.address, backlog: 4096, reusePort: false, deferAccept: 0)
        switch engine {
        case .ioUring:
            if let objection = UringEngine.objection { throw ValidationError("io_uring cannot be used: \(objection)") }
            var forwarder = Forwarder(engine: try UringEngine(), listener: listener, server: server.address)
            while true { forwarder.turn() }
        case .epoll:
            var forwarder = Forwarder(engine: try EpollEngine(), listener: listener, server: server.address)
            while true { forwarder.turn() }
        }
    }
}

/// The engines in this build.
enum EngineName: String, CaseIterable, ExpressibleByArgument {
    case ioUring = "io_uring"
    case epoll
}

/// `host:port` with a numeric host.
struct Endpoint: ExpressibleByArgument {
    let address: SocketAddress

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...]),
            let address = SocketAddress(numericHost: String(argument[..<colon]), port: port)
        else { return nil }
        self.address = address
    }
}
