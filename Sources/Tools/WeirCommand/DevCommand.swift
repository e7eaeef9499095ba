import ArgumentParser
import DevPostgres
import Foundation
import Pooler

/// `weir dev`: starts a PostgreSQL with a pooler in front of it.
struct DevCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Start a private PostgreSQL server with the pooler in front of it.",
        discussion: """
            The databases are kept for the next run, in \(StateFolder.defaultPath()).
            Ctrl-C stops both; a second Ctrl-C stops them immediately.
            """)

    @Flag(help: "Start with an empty PostgreSQL server, and remove it at the end.")
    var ephemeral = false

    @Option(help: "Pool this database instead of starting a PostgreSQL server.", completion: .none)
    var url: String?

    @Option(help: "The address to listen on.")
    var listen = "127.0.0.1"

    @Option(help: "The port to listen on; 0 chooses a free one.")
    var port = 6432

    @Option(help: "When a server connection returns to the pool: after a session, transaction or statement.")
    var poolMode = PoolMode.transaction

    @Option(help: "The folder of PostgreSQL's programs, if the right ones are not found.")
    var pgBin: String?

    /// The three modes, with PgBouncer's names.
    enum PoolMode: String, ExpressibleByArgument, CaseIterable {
        case session, transaction, statement
    }

    func validate() throws {
        guard 0...65_535 ~= port else { throw ValidationError("--port must be a number from 0 to 65535.") }
        if url != nil, ephemeral {
            throw ValidationError("--ephemeral cannot be used with --url, which starts no PostgreSQL server.")
        }
    }

    func run() throws {
        do {
            throw ExitCode(try DevSession(self).run())
        } catch let error as DevPostgresError {
            Terminal.complain("weir dev: \(error)")
        } catch let error as DevFailure {
            Terminal.complain("weir dev: \(error.message)")
        } catch let error as StartupError {
            Terminal.complain("weir dev: \(error)")
        }
        throw ExitCode.failure
    }
}

/// The error thrown when `weir dev` cannot start, with what to do.
struct DevFailure: Error {
    let message: String
}
