/// The form in which a server stores a password: `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`.
///
/// Source: PostgreSQL, catalog-pg-authid.html, `rolpassword`
package struct ScramSecret: Equatable, Sendable, Redacted {
    package let parameters: ScramParameters
    package let storedKey: ScramKey
    package let serverKey: ScramKey

    package init(parameters: ScramParameters, storedKey: ScramKey, serverKey: ScramKey) {
        self.parameters = parameters
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    package init(keys: ScramKeys) {
        self.init(parameters: keys.parameters, storedKey: keys.storedKey, serverKey: keys.serverKey)
    }

    /// Derives the secret from a plain password. As slow as ``ScramKeys/derive(password:parameters:)``.
    package init(password: [UInt8], parameters: ScramParameters) {
        self.init(keys: ScramKeys.derive(password: password, parameters: parameters))
    }

    /// Parses the stored form; `nil` if it is invalid.
    package init?(stored: some Collection<UInt8>) {
        let fields = stored.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].elementsEqual("SCRAM-SHA-256".utf8) else { return nil }
        let parameters = fields[1].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let keys = fields[2].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parameters.count == 2, keys.count == 2,
            let iterations = Decimal.parse(parameters[0]),
            let salt = Base64.decode(parameters[1]),
            let parameters = ScramParameters(salt: salt, iterations: iterations),
            let storedKey = Base64.decode(keys[0]).flatMap(ScramKey.init),
            let serverKey = Base64.decode(keys[1]).flatMap(ScramKey.init)
        else { return nil }
        self.init(parameters: parameters, storedKey: storedKey, serverKey: serverKey)
    }

    /// The stored form, as in PostgreSQL's `pg_authid` and in `auth_file`. It is a secret.
    package var stored: [UInt8] {
        var text = Array("SCRAM-SHA-256$\(parameters.iterations):".utf8)
        text += Base64.encode(parameters.salt)
        text.append(UInt8(ascii: "$"))
        text += Base64.encode(storedKey.bytes)
        text.append(UInt8(ascii: ":"))
        text += Base64.encode(serverKey.bytes)
        return text
    }

    /// Whether a clear-text password belongs to this secret. Slow, see ``ScramKeys``.
    package func matches(password: [UInt8]) -> Bool {
        ScramKeys.derive(password: password, parameters: parameters).serverKey == serverKey
    }
}
