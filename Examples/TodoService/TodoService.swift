import ArgumentParser
import Hummingbird
import Logging
import Weir

/// A small HTTP service that stores to-do items in PostgreSQL.
///
/// The process has one pool. The service group shuts everything down in order: first it accepts no new requests, then
/// requests in progress finish, then the connections are closed.
@main
struct TodoService: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "todo-service",
        abstract: "A to-do list over HTTP, stored in PostgreSQL.",
        discussion: """
            Without --database the PG… variables select the server, as for psql.

              weir dev -- todo-service
              curl -X POST localhost:8080/todos -d '{"title":"Read the manual"}'
              curl localhost:8080/todos
            """)

    @Option(help: "A connection string, which may include pool settings: …&connection_limit=20")
    var database = ""

    @Option(help: "The connection string of a replica for reads. May be repeated.")
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
