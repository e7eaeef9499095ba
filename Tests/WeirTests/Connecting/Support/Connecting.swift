import Logging
import NIOPosix
import PGConnInfo
import Weir

/// Connects as a program would that has this string and an empty environment.
func connect(_ string: String, credentials: (@Sendable () async throws -> Secret)? = nil) async throws
    -> ConnectedServer
{
    let options = try ConnectionOptions(
        try ConnectionString(string),
        environment: ClientEnvironment(variables: ["HOME": "/nowhere"], systemUser: "nobody"))
    let connector = ServerConnector(
        options, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test"),
        credentials: credentials)
    return try await connector.connect()
}

/// What became of an attempt to connect.
func outcome(of string: String) async throws -> Result<ConnectedServer, PostgresError> {
    do { return .success(try await connect(string)) } catch let error as PostgresError { return .failure(error) }
}
