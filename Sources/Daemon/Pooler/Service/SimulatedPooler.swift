package import IOEngine
import PGAuth
package import PoolCore
package import PoolerConfig

/// The whole pooler on the simulated engine: the same workers and the same shared state as ``PoolerService``, turned by
/// hand, on virtual sockets and virtual time.
///
/// It stands here and not among the tests because a worker is specialised for its engine in the module that makes it,
/// and a thousand simulated histories need that speed.
package final class SimulatedPooler {
    private let network: SimulatedNetwork
    private let shared: SharedState
    private var workers: [Turner] = []

    /// Workers cannot be copied, so an array cannot hold them.
    private final class Turner {
        var worker: Worker<SimulatedEngine>?

        init(_ worker: consuming Worker<SimulatedEngine>) { self.worker = consume worker }
    }

    /// - Parameters:
    ///   - passwords: what `auth_file` would say, by user.
    ///   - address: where clients connect.
    package init(
        on network: SimulatedNetwork, workerCount: Int, file: PoolerConfiguration, passwords: [String: String],
        listeningOn address: SocketAddress, log: Log
    ) {
        self.network = network
        let secrets = passwords.mapValues { StoredSecret(Array($0.utf8)) }
        let live = LiveConfiguration(file: file, secrets: secrets)
        shared = SharedState(workerCount: workerCount, hasherCount: 0, live: live, log: log)
        for number in 0..<workerCount {
            var engine = SimulatedEngine(on: network)
            if number == 0 { engine.listen(on: network.listen(on: address), listener: shared.listeners.add(address)) }
            workers.append(Turner(Worker(id: WorkerID(rawValue: UInt16(number)), shared: shared, engine: engine)))
        }
        var actions: [PoolGroup.Action] = []
        shared.withBook(into: &actions) { book, actions in
            _ = book.adopt(live, at: network.now, into: &actions)
        }
        for action in actions { shared.route(action) }
        shared.postToAll(.configurationChanged)
    }

    /// Lets one worker do what there is to do. A worker that has ended is gone, with its engine.
    package func turn(_ number: Int) {
        workers[number].worker?.turn()
        if workers[number].worker?.isStopped == true { workers[number].worker = nil }
    }

    /// How many clients and servers the pools count.
    package var counts: (clients: Int, servers: Int) {
        shared.read { ($0.group.totals.clientConnections, $0.group.totals.connections) }
    }

    /// The counts of every pool, in the order of their names.
    package var poolCounts: [PoolCounts] {
        shared.read { book in book.sortedPools.compactMap { book.group.counts(of: $0.id) } }
    }

    /// What does not hold of the invariants of the pools; see ``PoolGroup/brokenInvariants``.
    package var brokenInvariants: [String] { shared.read { $0.group.brokenInvariants } }

    /// What the end of the process does.
    package func stop() {
        shared.mailboxes[0].post(.stopListening(keepingUnix: false))
        shared.postToAll(.stop)
    }
}
