package import IOEngine
package import PGAuth
package import PGWire

/// A PostgreSQL, or a pooler in front of one, to put under load.
package struct LoadTarget: Sendable {
    /// The addresses, tried in this order until one answers.
    package var addresses: [SocketAddress]
    package var user: String
    package var database: String
    package var password: PlainPassword?
    /// Additional parameters of the start-up message.
    package var parameters: [StartupParameter]
    /// The time limit for opening a connection and logging in.
    package var connectTimeout: Duration
    /// A human-readable description without the password.
    package var description: String

    package init(
        addresses: [SocketAddress], user: String, database: String, password: PlainPassword? = nil,
        parameters: [StartupParameter] = [], connectTimeout: Duration = defaultConnectTimeout, description: String = ""
    ) {
        self.addresses = addresses
        self.user = user
        self.database = database
        self.password = password
        self.parameters = parameters
        self.connectTimeout = connectTimeout
        self.description = description
    }

    /// libpq's default is no limit, which is of no use here.
    package static let defaultConnectTimeout: Duration = .seconds(30)

    /// The first message of a connection.
    var startup: StartupPacket {
        .startup(
            .v3_0,
            parameters: [
                StartupParameter(name: "user", value: user), StartupParameter(name: "database", value: database),
            ] + parameters)
    }
}
