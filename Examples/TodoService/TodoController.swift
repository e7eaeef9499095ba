import Hummingbird
import Weir

/// Maps HTTP routes to the methods of ``TodoRepository``.
struct TodoController: Sendable {
    let todos: TodoRepository

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: DatabaseErrors())
        router.get("todos") { request, _ in
            try await todos.all(done: request.uri.queryParameters.get("done").flatMap { Bool($0) })
        }
        router.get("todos/:id") { _, context in
            guard let todo = try await todos.find(try context.parameters.require("id", as: Int.self)) else {
                throw HTTPError(.notFound)
            }
            return todo
        }
        router.post("todos") { request, context in
            let draft = try await request.decode(as: TodoDraft.self, context: context)
            guard let title = draft.title else { throw HTTPError(.badRequest, message: "title is missing") }
            return EditedResponse(status: .created, response: try await todos.add(title))
        }
        router.patch("todos/:id") { request, context in
            let draft = try await request.decode(as: TodoDraft.self, context: context)
            guard let todo = try await todos.change(try context.parameters.require("id", as: Int.self), draft) else {
                throw HTTPError(.notFound)
            }
            return todo
        }
        router.delete("todos/:id") { _, context -> HTTPResponse.Status in
            try await todos.remove(try context.parameters.require("id", as: Int.self)) ? .noContent : .notFound
        }
        router.post("todos/finish") { _, _ in Finished(finished: try await todos.finishAll()) }
        router.get("pool") { _, _ in PoolReport(todos.pool.stats) }
        return router
    }
}

/// The state of the pool, for the operators of the service.
struct PoolReport: Encodable, Sendable, ResponseEncodable {
    var maximum: Int, inUse: Int, idle: Int, waiting: Int
    var acquired: Int, timeouts: Int, connectFailures: Int

    init(_ numbers: PoolStatistics) {
        (maximum, inUse, idle, waiting) = (numbers.maximum, numbers.inUse, numbers.idle, numbers.waiting)
        (acquired, timeouts, connectFailures) = (numbers.acquired, numbers.timeouts, numbers.connectFailures)
    }
}
