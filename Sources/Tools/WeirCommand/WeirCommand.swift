import ArgumentParser

/// The overview of weir's commands.
struct WeirCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Pools PostgreSQL connections.",
        discussion: """
            In place of PgBouncer: weir serve /etc/pgbouncer/pgbouncer.ini ("serve" may be left out).
            On a developer's machine: weir dev makes a PostgreSQL and pools it.
            To measure what you have: weir bench postgresql://…
            """,
        subcommands: [ServeCommand.self, DevCommand.self, BenchCommand.self])
}

/// Stands in the overview; ``Invocation`` sends the real calls to ``Serve``, which reads PgBouncer's options.
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
