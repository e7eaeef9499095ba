package import PGAuth
package import PGWire

/// The client's side of authentication: takes requests and writes answers.
package struct LoginExchange: Sendable {
    private let user: String
    private let password: PlainPassword?
    private var scram: ScramClient?
    /// Whether the server has accepted the client.
    package private(set) var isAuthenticated = false

    package init(user: String, password: PlainPassword?) {
        self.user = user
        self.password = password
    }

    /// Writes the answer to a request, if it needs one.
    package mutating func answer(
        _ request: Authentication, keys: inout ScramKeyCache, into writer: inout WireWriter
    ) throws(ServerError) {
        switch request {
        case .ok:
            // Mutual authentication: a server that has not proved itself is not trusted.
            if let scram, !scram.isComplete {
                throw Self.failure("the server did not prove that it knows the password")
            }
            isAuthenticated = true
        case .cleartextPassword: writer.passwordMessage(try needPassword().bytes)
        case .md5Password(let salt):
            let hashed = MD5Password(password: try needPassword().bytes, user: user)
            writer.passwordMessage(hashed.response(salt: salt))
        case .sasl(let mechanisms):
            _ = try needPassword()
            guard let mechanism = ScramClient.mechanism(among: mechanisms) else {
                throw Self.failure("none of the server's SASL authentication mechanisms are supported")
            }
            var random = SystemRandomNumberGenerator()
            let scram = ScramClient(nonce: ScramNonce(using: &random))
            writer.saslInitialResponse(mechanism: mechanism, scram.clientFirst)
            self.scram = scram
        case .saslContinue(let message):
            let password = try needPassword()
            let response = try exchange { (scram) throws(ScramError) in
                let parameters = try scram.handle(serverFirst: message)
                return try scram.respond(with: keys.keys(password: password, parameters: parameters))
            }
            writer.saslResponse(response)
        case .saslFinal(let message):
            try exchange { (scram) throws(ScramError) in try scram.handle(serverFinal: message) }
        case .unsupported(let kind): throw Self.failure("authentication method \(kind) is not supported")
        }
    }

    private mutating func exchange<Result>(
        _ body: (inout ScramClient) throws(ScramError) -> Result
    ) throws(ServerError) -> Result {
        guard var scram else { throw .protocolError("SASL exchange out of turn") }
        do throws(ScramError) {
            let result = try body(&scram)
            self.scram = scram
            return result
        } catch {
            throw Self.failure("\(error)")
        }
    }

    private func needPassword() throws(ServerError) -> PlainPassword {
        guard let password, !password.bytes.isEmpty else { throw Self.failure("fe_sendauth: no password supplied") }
        return password
    }

    private static func failure(_ message: String) -> ServerError {
        ServerError(code: "authentication", message: message)
    }
}
