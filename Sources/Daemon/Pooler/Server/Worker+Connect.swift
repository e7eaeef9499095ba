import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import RelayCore

/// Opening connections to PostgreSQL.
extension Worker where Engine: ~Copyable {
    mutating func connect(_ id: ServerID, _ poolID: PoolID, fromReserve: Bool) {
        // Another worker's decision to close it may have come first.
        if closesToCome.removeValue(forKey: id) != nil { return decide(.connectFailed(id, .network)) }
        guard let pool = shared.read({ $0.pool(poolID) }) else { return decide(.connectFailed(id, .network)) }
        if fromReserve {
            shared.log.write(.log, "P-\(pool.database.name)/\(pool.user.name): taking connection from reserve_pool")
        }
        let entry = pool.database.entry
        let slot = servers.insert(
            Server(
                id: id, pool: pool, parameters: TrackedParameters(count: live.tracked.count),
                address: .unix(path: "", pid: 0), connectTime: now, connectDate: WallClock.seconds(), requestTime: now))
        serverSlots[id] = slot
        let port = UInt16(truncatingIfNeeded: entry.port)
        switch pool.database.chooseHost(afterFailure: pool.failure != nil) ?? defaultHost {
        case .unix(let directory):
            connect(slot, to: .unix(path: "\(directory)/.s.PGSQL.\(entry.port)", pid: 0))
        case .abstract(let name): connect(slot, to: .unix(path: "@\(name)/.s.PGSQL.\(entry.port)", pid: 0))
        case .tcp(let host):
            let mailbox = shared.mailboxes[Int(self.id.rawValue)]
            let answer = shared.resolver.resolve(host, port: port, timeToLive: live.settings.dnsMaxTtl) {
                mailbox.post(.resolved(id, host: host, $0))
            }
            if let answer { resolved(id, host: host, answer) }
        }
    }

    /// A database without `host` is reached over the directory of the pooler's own socket, as in PgBouncer.
    private var defaultHost: Host {
        let directory = live.settings.unixSocketDir
        return directory.isEmpty ? .unix(directory: "/tmp") : Host(directory)
    }

    mutating func resolved(_ id: ServerID, host: String, _ answer: Resolver.Answer) {
        guard let slot = serverSlots[id], servers[slot].use == .errand(.connecting) else { return }
        do throws(ResolveError) {
            guard let address = try answer.get().first else { throw ResolveError(reason: "no address") }
            shared.resolver.opening(id, by: host, port: UInt16(truncatingIfNeeded: address.port), at: address)
            connect(slot, to: address)
        } catch {
            shared.log.write(.warning, "\(prefix(ofServer: slot))DNS lookup failed: \(host): \(error.reason)")
            disconnectServer(slot, "server DNS lookup failed")
        }
    }

    private mutating func connect(_ slot: Slot<Server>, to address: SocketAddress) {
        servers[slot].address = address
        let token = SocketToken(.server(slot), generation: servers.generation(of: slot))
        servers[slot].socket = engine.connect(to: address, options: live.socketOptions, token: token)
    }

    /// The connection is made: introduces itself.
    mutating func beginLogin(_ slot: Slot<Server>) {
        servers[slot].use = .errand(.loggingIn)
        servers[slot].login = PendingServerLogin(exchange: makeServerLogin(slot))
        if live.settings.logConnections {
            let local = engine.localAddress(of: servers[slot].socket)
            let origin: LogMessage = local.isUnix ? "unix" : "\(local, unixPort: 0)"
            shared.log.write(.log, "\(prefix(ofServer: slot))new connection to server (from \(origin))")
        }
        let entry = servers[slot].pool.database.entry
        var parameters = [
            StartupParameter(name: "user", value: servers[slot].pool.user.name),
            StartupParameter(name: "database", value: entry.dbname),
        ]
        let optional = [
            ("client_encoding", entry.clientEncoding), ("datestyle", entry.datestyle), ("timezone", entry.timezone),
            ("application_name", entry.applicationName),
        ]
        for (name, value) in optional {
            if let value { parameters.append(StartupParameter(name: name, value: value)) }
        }
        writer.removeAll()
        StartupPacket.startup(.v3_0, parameters: parameters).encode(into: &writer)
        sendWritten(toServer: slot)
    }

    /// A server that never got as far as being idle.
    mutating func connectFailed(_ server: Server, _ reason: String) {
        let error = server.pool.failure?.error
        // A failure that came with PostgreSQL's own error has been recorded with it.
        if server.login?.isRefused != true {
            server.pool.failure = Pool.ConnectFailure(message: reason, error: nil)
            decide(.connectFailed(server.id, .network))
        } else {
            // An application may be about to create what is missing, so the next client makes a new attempt.
            let isRemembered = error?.code != .invalidCatalogName && error?.code != .invalidAuthorization
            decide(
                .connectFailed(
                    server.id,
                    .login(failWaiters: error?.code != .cannotConnectNow, isRemembered: isRemembered)))
        }
    }
}

extension PoolerSettings {
    var socketOptions: SocketOptions {
        var options = SocketOptions()
        options.keepAlive = tcpKeepalive
        options.keepIdle = Int(tcpKeepidle.seconds)
        options.keepInterval = Int(tcpKeepintvl.seconds)
        options.keepCount = tcpKeepcnt
        options.userTimeout = Int(tcpUserTimeout.wholeNanoseconds / 1_000_000)
        options.socketBuffer = tcpSocketBuffer
        return options
    }
}

extension Duration {
    var seconds: Int64 { components.seconds }
}
