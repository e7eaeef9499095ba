import ConnInfoFiles
package import Logging
package import PGConnInfo

/// Completes a connection string from service files, the environment and the password file, as libpq does.
///
/// Reads files, so it may block briefly.
///
/// - Parameters:
///   - string: the connection string.
///   - environment: the environment to read from; `nil` for that of the process.
///   - logger: receives a warning about a password file that other users can read, which is ignored.
/// - Throws: ``PostgresError`` with the code `configuration`.
package func loadOptions(
    _ string: ConnectionString, environment: ClientEnvironment? = nil, logger: Logger
) throws(PostgresError) -> ConnectionOptions {
    do throws(ConnectionOptionsError) {
        return try ConnectionOptions(reading: string, environment: environment ?? .process) { warning in
            logger.warning("\(warning)")
        }
    } catch {
        throw PostgresError(.configuration, "\(error)")
    }
}
