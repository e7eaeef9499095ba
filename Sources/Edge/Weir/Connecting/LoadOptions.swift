import ConnInfoFiles
package import Logging
package import PGConnInfo

/// Completes what a connection string says by service files, the environment and the password file, as libpq does.
///
/// Reads files, so it may block for a moment.
///
/// - Parameters:
///   - string: what was asked for.
///   - environment: where; `nil` for the process's own.
///   - logger: warned of a password file that others may read, which is ignored.
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
