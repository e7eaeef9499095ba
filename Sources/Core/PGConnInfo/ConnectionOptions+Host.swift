extension ConnectionOptions {
    /// A server, and the password for it.
    public struct Host: Hashable, Sendable {
        /// The server's location.
        public let server: ConnectionString.Server
        /// The password; `nil` if unknown.
        public var password: Secret?
        /// The host name used to search the password file.
        fileprivate let name: String
        /// The port as it was given: the password file is searched for that text.
        fileprivate let portText: String

        init(
            _ server: ConnectionString.Server, _ password: Secret?, portText: String?, in environment: ClientEnvironment
        ) {
            self.server = server
            self.password = password
            let name = server.host ?? server.address ?? environment.socketDirectory
            self.name = name == environment.socketDirectory ? "localhost" : name
            self.portText = portText ?? String(ConnectionString.Server.defaultPort)
        }
    }

    /// Looks up the missing password of each of the ``hosts``.
    ///
    /// - Parameter file: the bytes of ``passwordFile``. It must pass ``PrivateFile/objectionAsPasswordFile``.
    /// - Complexity: O(*n* · *m*)
    public mutating func takePasswords(from file: [UInt8]) {
        for index in hosts.indices where hosts[index].password == nil {
            let password = PasswordFile.password(
                in: file, host: hosts[index].name, port: hosts[index].portText, database: dbname, user: user)
            hosts[index].password = password.flatMap { $0.bytes.isEmpty ? nil : $0 }
        }
    }
}
