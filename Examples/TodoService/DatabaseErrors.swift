import Hummingbird
import Weir

/// Says in HTTP's words what PostgreSQL said in its own. Nothing of the database reaches the client.
struct DatabaseErrors<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch PostgresSQLState.uniqueViolation {
            throw HTTPError(.conflict, message: "there is such a to-do already")
        } catch PostgresSQLState.checkViolation {
            throw HTTPError(.badRequest, message: "a title cannot be empty")
        } catch let error as PostgresError {
            // The statement, what the server said, and the line that asked; no bound value.
            context.logger.error("\(error)")
            switch error.code {
            case .acquireTimeout, .connectFailed, .poolClosed: throw HTTPError(.serviceUnavailable)
            case .commandTimeout: throw HTTPError(.gatewayTimeout)
            case _ where error.isConnectionLost: throw HTTPError(.serviceUnavailable)
            default: throw HTTPError(.internalServerError)
            }
        }
    }
}
