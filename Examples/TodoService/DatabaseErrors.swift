import Hummingbird
import Weir

/// Maps PostgreSQL's errors to HTTP status codes. No details of the database reach the client.
struct DatabaseErrors<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch PostgresSQLState.uniqueViolation {
            throw HTTPError(.conflict, message: "the to-do exists already")
        } catch PostgresSQLState.checkViolation {
            throw HTTPError(.badRequest, message: "a title cannot be empty")
        } catch let error as PostgresError {
            // The statement, the server's message, and the line of the call; no bound values.
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
