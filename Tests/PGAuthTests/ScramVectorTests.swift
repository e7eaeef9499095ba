import PGAuth
import Testing

/// Exchanges recorded elsewhere: both state machines must send the same bytes.
@Suite("Recorded SCRAM exchanges")
struct ScramVectorTests {
    struct Exchange: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var userName = ""
        var password: String
        var salt: String
        var storedKeys: String?  // StoredKey:ServerKey as the server stores them
        var clientNonce: String
        var serverNonce: String
        var proof: String
        var signature: String

        var clientFirst: String { "n,,n=\(userName),r=\(clientNonce)" }
        var serverFirst: String { "r=\(clientNonce)\(serverNonce),s=\(salt),i=4096" }
        var clientFinal: String { "c=biws,r=\(clientNonce)\(serverNonce),p=\(proof)" }
        var serverFinal: String { "v=\(signature)" }
    }

    /// The last two are log-ins of libpq 15 to PostgreSQL 15.20, recorded by a proxy between them; the secrets are the
    /// results of `select rolpassword from pg_authid` after `create role carl login password 'pencil'` and `create role
    /// frida login password U&'Sch\00FCssel \2168'`. libpq was given frida's password as "Schüssel IX".
    static let exchanges = [
        Exchange(
            testDescription: "RFC 7677 section 3", userName: "user", password: "pencil",
            salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
            clientNonce: "rOprNGfwEbeRWgbNEkqO", serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
            proof: "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            signature: "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
        Exchange(
            testDescription: "carl", password: "pencil", salt: "4eiYcaFgEgMPKM/9f4CWWg==",
            storedKeys: "mpj73HaAMVtu82jt9EqGUcaxrmGPii5L2YBUvZHBiGw=:uKvt3Erb9ieCFlKmWhRO0sVScjlH00QmWn62DRYBAZQ=",
            clientNonce: "Ol1bLIdNGvdK9POXoIhZ3S36", serverNonce: "OwbOb01L4AGJZzdN9YLyN9Fp",
            proof: "7Q/twdlm/MKVTMjzhp9LUh/RIq5fTUbd3BRS0njbYWE=",
            signature: "w+hxTTUXU4wbuIhnogd1W60IyQGP+0RpkNub8iHHFWQ="),
        Exchange(
            testDescription: "frida", password: "Sch\u{FC}ssel IX", salt: "2QFfZve5zL/pETTRPR4NCA==",
            storedKeys: "XycXV0iIhRY1ZL+sdz8bYL6qlhKnk7NTtkyKk9Cz7BU=:RbQFSh+SdUfTyHtsFtOAIAcpj+eaCzjuVifvMwDnbJo=",
            clientNonce: "6JyK8oUVoiSIsVTaS0ccXKSF", serverNonce: "oh/4lEYJdxqvL7u2EyhjFX16",
            proof: "1skiZGck6lNq5YO9t/G8S+CfnV3c4l0hfWy9Jfj8Eg0=",
            signature: "KXcs015w3bIy3CzmafrFPz+1cAx1a3XtwNc9Qa1XFpE="),
    ]

    @Test(arguments: exchanges)
    func theClientSendsTheSameBytes(_ exchange: Exchange) throws {
        let nonce = try #require(ScramNonce(text: bytes(exchange.clientNonce)))
        var client = ScramClient(nonce: nonce, userName: bytes(exchange.userName))
        #expect(text(client.clientFirst) == exchange.clientFirst)

        let parameters = try client.handle(serverFirst: bytes(exchange.serverFirst))
        let keys = ScramKeys.derive(password: bytes(exchange.password), parameters: parameters)
        #expect(text(try client.respond(with: keys)) == exchange.clientFinal)

        #expect(!client.isComplete)
        try client.handle(serverFinal: bytes(exchange.serverFinal))
        #expect(client.isComplete)
    }

    @Test(arguments: exchanges)
    func theServerSendsTheSameBytes(_ exchange: Exchange) throws {
        let secret = try secret(of: exchange)
        var server = ScramServer(secret: secret, nonce: try #require(ScramNonce(text: bytes(exchange.serverNonce))))
        #expect(text(try server.handle(clientFirst: bytes(exchange.clientFirst))) == exchange.serverFirst)

        let success = try server.handle(clientFinal: bytes(exchange.clientFinal))
        #expect(text(success.serverFinal) == exchange.serverFinal)
        #expect(success.keys == ScramKeys.derive(password: bytes(exchange.password), parameters: secret.parameters))
    }

    private func secret(of exchange: Exchange) throws -> ScramSecret {
        if let storedKeys = exchange.storedKeys {
            return try #require(ScramSecret(stored: bytes("SCRAM-SHA-256$4096:\(exchange.salt)$\(storedKeys)")))
        }
        let salt = try #require(Base64.decode(bytes(exchange.salt)))
        let parameters = try #require(ScramParameters(salt: salt, iterations: 4096))
        return ScramSecret(password: bytes(exchange.password), parameters: parameters)
    }
}
