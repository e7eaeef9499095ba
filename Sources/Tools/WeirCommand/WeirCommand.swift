import ArgumentParser

/// The top-level command, with the list of commands.
struct WeirCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Pools PostgreSQL connections.",
        discussion: """
            In place of PgBouncer: weir serve /etc/pgbouncer/pgbouncer.ini ("serve" may be left out).
            On a developer's machine: weir dev starts a PostgreSQL server and pools it.
            To measure a server or a pooler: weir bench postgresql://…
            """,
        subcommands: [ServeCommand.self, DevCommand.self, BenchCommand.self])
}

/// Listed in the overview; ``Invocation`` passes the actual calls to ``Serve``, which reads PgBouncer's options.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the pooler with a pgbouncer.ini. Options: weir serve --help.")

    @Argument(help: "PgBouncer's options and the configuration file.")
    var words: [String] = []

    func run() throws {
        throw ExitCode(Serve(ServeInvocation(program: "weir", isPgBouncer: false, words: words)).run())
    }
}
