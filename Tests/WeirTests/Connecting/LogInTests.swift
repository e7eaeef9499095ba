import Glibc
import NIOCore
import PGConnInfo
import PGSession
import Synchronization
import Testing
import Weir

@Suite(.onlyDirectly, .limited) struct LogInTests {
    @Test(arguments: ["trusting", "hashing", "clear", "scram"])
    func `Every authentication method works over TCP`(user: String) async throws {
        let port = try await NetworkServer.plain.port
        let server = try await connect(
            "host=localhost hostaddr=127.0.0.1 port=\(port) user=\(user) password=secret dbname=postgres")
        #expect(server.parameters["server_encoding"] == "UTF8")
        #expect(server.cancelKey?.secret.count == 4)
        #expect(server.address == "localhost:\(port)")
        #expect(server.leftover.readableBytes == 0)
        server.channel.closeAtOnce()
        try await server.channel.closeFuture.get()
    }

    @Test(arguments: [
        ("hashing", #"FATAL:  password authentication failed for user "hashing""#),
        ("clear", #"FATAL:  password authentication failed for user "clear""#),
        ("scram", #"FATAL:  password authentication failed for user "scram""#),
        ("nobody", "FATAL:  no pg_hba.conf entry for host"),
    ])
    func `A wrong password is a permanent refusal and is not printed`(user: String, message: String) async throws {
        let port = try await NetworkServer.plain.port
        let error = await #expect(throws: PostgresError.self) {
            try await connect("host=127.0.0.1 port=\(port) user=\(user) password=incorrect dbname=postgres")
        }
        #expect(error?.code == .refused)
        let start = #"connection to server at "127.0.0.1", port \#(port) failed: \#(message)"#
        #expect(error?.message.hasPrefix(start) == true, "\(error?.message ?? "")")
        #expect(error.map { "\($0)".contains("incorrect") } == false)
    }

    @Test func `A Unix socket works whatever sslmode says`() async throws {
        let plain = try await NetworkServer.plain
        for user in ["postgres", "scram"] {
            let server = try await connect(
                "host=\(plain.socketFolder) port=\(plain.port) user=\(user) password=secret dbname=postgres sslmode=require"
            )
            #expect(server.address == "\(plain.socketFolder)/.s.PGSQL.\(plain.port)")
            server.channel.closeAtOnce()
        }
    }

    @Test func `An abstract Unix socket works`() async throws {
        let plain = try await NetworkServer.plain
        let server = try await connect("host=\(plain.abstractSocket) port=\(plain.port) user=postgres")
        #expect(server.address == "\(plain.abstractSocket)/.s.PGSQL.\(plain.port)")
        server.channel.closeAtOnce()
    }

    @Test func `TCP keepalives and timeouts are set on the socket`() async throws {
        let port = try await NetworkServer.plain.port
        let server = try await connect(
            "host=127.0.0.1 port=\(port) user=trusting dbname=postgres keepalives_idle=7 keepalives_interval=8 "
                + "keepalives_count=9 tcp_user_timeout=12345")
        func option(_ level: NIOBSDSocket.OptionLevel, _ name: CInt) async throws -> Int {
            let option = ChannelOptions.Types.SocketOption(level: level, name: .init(rawValue: name))
            return Int(try await server.channel.getOption(option).get())
        }
        #expect(try await option(.socket, SO_KEEPALIVE) == 1)
        #expect(try await option(.tcp, TCP_KEEPIDLE) == 7)
        #expect(try await option(.tcp, TCP_KEEPINTVL) == 8)
        #expect(try await option(.tcp, TCP_KEEPCNT) == 9)
        #expect(try await option(.tcp, TCP_USER_TIMEOUT) == 12345)
        #expect(try await option(.tcp, TCP_NODELAY) == 1)
        server.channel.closeAtOnce()
    }

    @Test func `Protocol 3 2 brings a longer cancel key where the server supports it`() async throws {
        let plain = try await NetworkServer.plain
        let server = try await connect(
            "host=127.0.0.1 port=\(plain.port) user=trusting dbname=postgres max_protocol_version=3.2")
        #expect(server.cancelKey?.secret.count == (plain.majorVersion >= 18 ? 32 : 4))
        server.channel.closeAtOnce()
    }

    @Test func `A server of version 17 or newer accepts direct TLS`() async throws {
        let tls = try await NetworkServer.tls
        let result = try await outcome(
            of: "host=127.0.0.1 port=\(tls.port) user=trusting dbname=postgres sslmode=verify-full "
                + "sslnegotiation=direct sslrootcert=\(tls.certificates.path("root.crt"))")
        #expect((try? result.get()) != nil || tls.majorVersion < 17)
        (try? result.get())?.channel.closeAtOnce()
    }

    @Test func `A credentials closure replaces the password`() async throws {
        let port = try await NetworkServer.plain.port
        let server = try await connect(
            "host=127.0.0.1 port=\(port) user=scram password=old dbname=postgres",
            credentials: { Secret("secret") })
        server.channel.closeAtOnce()
    }

    @Test func `connect_timeout limits the credentials closure`() async throws {
        // The closure returns only after the test, so that connecting could not end if it waited for it.
        let waiting = Mutex<[CheckedContinuation<Void, Never>]>([]), wasCancelled = Mutex(false)
        let error = await #expect(throws: PostgresError.self) {
            try await connect(
                "host=127.0.0.1 port=1 user=u dbname=postgres connect_timeout=1",
                credentials: {
                    await withTaskCancellationHandler {
                        await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
                    } onCancel: {
                        wasCancelled.withLock { $0 = true }
                    }
                    return Secret("late")
                })
        }
        #expect(error?.code == .connectFailed)
        #expect(error?.message.hasPrefix("the credentials closure did not return within ") == true)
        #expect(wasCancelled.withLock { $0 })
        for continuation in waiting.withLock({ $0 }) { continuation.resume() }
    }

    @Test func `Cancelling the task ends the wait for credentials`() async throws {
        let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
        let task = Task {
            try await connect(
                "host=127.0.0.1 port=1 user=u dbname=postgres",
                credentials: {
                    await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
                    return Secret("late")
                })
        }
        try await until("the token is asked for") { waiting.withLock { $0.count == 1 } }
        task.cancel()
        let error = await #expect(throws: PostgresError.self) { _ = try await task.value }
        #expect(error?.code == .cancelled)
        for continuation in waiting.withLock({ $0 }) { continuation.resume() }
    }

    @Test(arguments: [("-cno_such_setting=1", "42704"), ("-cwork_mem=much", "22023")])
    func `A setting that the server rejects is a permanent refusal`(options: String, state: String) async throws {
        let port = try await NetworkServer.plain.port
        let error = await #expect(throws: PostgresError.self) {
            try await connect("host=127.0.0.1 port=\(port) user=trusting dbname=postgres options=\(options)")
        }
        #expect(error?.code == .refused)
        #expect(error?.server?.sqlState == state)
    }

    @Test func `A missing database is a permanent refusal`() async throws {
        let port = try await NetworkServer.plain.port
        let error = await #expect(throws: PostgresError.self) {
            try await connect("host=127.0.0.1 port=\(port) user=trusting dbname=missing")
        }
        #expect(error?.code == .refused)
        #expect(error?.server?.sqlState == "3D000")
    }
}
