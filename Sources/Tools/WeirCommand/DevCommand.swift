import ArgumentParser
import DevPostgres
import Foundation
import Pooler

/// `weir dev`: a PostgreSQL with a pooler in front of it, with one command.
struct DevCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Start a private PostgreSQL with the pooler in front of it.",
        discussion: """
            The databases are kept for the next time, in \(StateFolder.defaultPath()).
            Ctrl-C stops both; a second Ctrl-C hurries.
            """)

    @Flag(help: "Start with an empty PostgreSQL, and remove it at the end.")
    var ephemeral = false

    @Option(help: "Pool this database instead of starting a PostgreSQL.", completion: .none)
    var url: String?

    @Option(help: "The address to listen on.")
    var listen = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 6432

    @Option(help: "When a server goes back to the pool: after a session, transaction or statement.")
    var poolMode = PoolMode.transaction

    @Option(help: "The folder of PostgreSQL's programs, if they are not found or not the right ones.")
    var pgBin: String?

    /// PgBouncer's words for its three modes.
    enum PoolMode: String, ExpressibleByArgument, CaseIterable {
        case session, transaction, statement
    }

    func validate() throws {
        guard 0...65_535 ~= port else { throw ValidationError("A port is a number from 0 to 65535.") }
        if url != nil, ephemeral { throw ValidationError("--url starts no PostgreSQL, so --ephemeral has no meaning.") }
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

/// Why `weir dev` does not start, with what to do.
struct DevFailure: Error {
    let message: String
}
