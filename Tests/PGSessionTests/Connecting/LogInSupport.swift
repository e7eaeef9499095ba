import PGAuth
import PGConnInfo
import PGSession
import PGWire

extension LogInExchange {
    /// An exchange for a connection string, with RFC 7677's nonce.
    static func test(_ string: String, on transport: LogInTransport = .plain) throws -> LogInExchange {
        let options = try ConnectionOptions(try ConnectionString(string), environment: ClientEnvironment())
        guard let nonce = ScramNonce(text: Array(LogInExchangeTests.nonce.utf8)) else { throw ScramError.nonceMismatch }
        return LogInExchange(
            LogInRequest(options, password: options.hosts.first?.password), on: transport, nonce: nonce)
    }

    mutating func receive(_ request: Authentication) throws -> [UInt8] {
        var writer = WireWriter()
        request.encode(into: &writer)
        return try receive(writer.bytes)
    }

    func testParameters(_ user: String) -> [StartupParameter] {
        [
            StartupParameter(name: "user", value: user), StartupParameter(name: "database", value: user),
            StartupParameter(name: "client_encoding", value: "UTF8"),
        ]
    }
}

/// A server's side of SCRAM, written from RFC 5802 and independent of PGAuth's, which does not support channel binding.
struct ScramPeer {
    let keys: ScramKeys
    private let expectedBinding: [UInt8]
    private let header: String
    private var transcript: [UInt8] = []

    struct Wrong: Error {}

    init(password: String, header: String, binding: [UInt8] = []) {
        let salt = Base64.decode(Array("W22ZaJ0SNY7soEsUEjb6gQ==".utf8)) ?? []
        guard let parameters = ScramParameters(salt: salt, iterations: 4096) else { preconditionFailure("a fine salt") }
        keys = ScramKeys.derive(password: Array(password.utf8), parameters: parameters)
        self.header = header
        expectedBinding = Array(header.utf8) + binding
    }

    mutating func first(to clientFirst: [UInt8]) throws -> [UInt8] {
        guard clientFirst.starts(with: header.utf8) else { throw Wrong() }
        let answer = Array(
            "r=\(LogInExchangeTests.nonce)%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".utf8)
        transcript = clientFirst.dropFirst(header.utf8.count) + Array(",".utf8) + answer
        return answer
    }

    mutating func final(to clientFinal: [UInt8]) throws -> [UInt8] {
        let parts = clientFinal.split(separator: UInt8(ascii: ","))
        guard parts.count == 3, parts[0].elementsEqual(Array("c=".utf8) + Base64.encode(expectedBinding)),
            let proof = Base64.decode(parts[2].dropFirst(2)).flatMap({ ScramKey($0) })
        else { throw Wrong() }
        let signed = transcript + Array(",".utf8) + parts[0] + Array(",".utf8) + parts[1]
        let key = proof ^ keys.storedKey.authenticate(signed)
        guard key == keys.clientKey else { throw Wrong() }
        return Array("v=".utf8) + Base64.encode(keys.serverKey.authenticate(signed).bytes)
    }
}
