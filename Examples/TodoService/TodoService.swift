import ArgumentParser
import Hummingbird
import Logging
import Weir

/// A small HTTP service over a pool: to-dos in PostgreSQL.
///
/// There is one pool for the whole process. The service group closes it in the right order: first there are no new
/// requests, then those under way finish, then the connections go.
@main
struct TodoService: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "todo-service",
        abstract: "A to-do list over HTTP, kept in PostgreSQL.",
        discussion: """
            Without --database the PG… variables say where PostgreSQL is, as for psql.

              weir dev -- todo-service
              curl -X POST localhost:8080/todos -d '{"title":"Read the manual"}'
              curl localhost:8080/todos
            """)

    @Option(help: "A connection string; it may set the pool, too: …&connection_limit=20")
    var database = ""

    @Option(help: "A connection string of a replica, for what only reads. May be given several times.")
    var replica: [String] = []

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on.")
    var port = 8080

    func run() async throws {
        let logger = Logger(label: "todo-service")
        var configuration = try PostgresPool.Configuration(database)
        configuration.replicas = try replica.map { try ConnectionString($0) }
        configuration.startPolicy = .failFast
        configuration.acquireTimeout = .seconds(2)
        configuration.commandTimeout = .seconds(5)
        configuration.leakThreshold = .seconds(20)
        configuration.logger = logger

        let pool = try PostgresPool(configuration)
        let todos = TodoRepository(pool: pool)
        var application = Application(
            router: TodoController(todos: todos).router(),
            configuration: .init(address: .hostname(host, port: port)), logger: logger)
        application.addServices(pool)
        application.beforeServerStarts { try await todos.createTable() }
        try await application.runService()
    }
}
