import ArgumentParser
import Foundation
import UnixSignals
import Weir

/// Loads a CSV file into a table with COPY, and shows its progress.
///
/// The import is all or nothing: a line that PostgreSQL rejects undoes everything, and so does Control-C.
@main
struct Importer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv-import",
        abstract: "Load a CSV file into a table of PostgreSQL.",
        discussion: """
            The first line contains the names of the columns. Without --database the PG… variables select the server.

              weir dev -- csv-import people.csv people --create
            """)

    @Argument(help: "The CSV file.")
    var file: String

    @Argument(help: "The table, optionally with a schema: app.people.")
    var table: String

    @Option(help: "A connection string.")
    var database = ""

    @Flag(help: "Create the table first, with a text column for each name in the first line.")
    var create = false

    func run() async throws {
        do {
            try await loadUnlessInterrupted()
        } catch let error as PostgresError where error.code == .cancelled {
            say("\(table): stopped, nothing was loaded")
            throw ExitCode(130)
        } catch let error as PostgresError {
            // The data is the user's own, so all of it may be shown: the rejected line is in CONTEXT.
            say("\(table): nothing was loaded\n\(error.verboseDescription)")
            throw ExitCode.failure
        }
    }

    /// Cancels the loading task on Control-C. Cancellation is sufficient: it ends the COPY on the server.
    private func loadUnlessInterrupted() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup { group in
            group.addTask { try await load() }
            group.addTask { for await _ in signals { return } }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func load() async throws {
        let reader = try PieceReader(path: file)
        let names = try reader.header().map { "\(identifier: $0)" as PostgresQuery }
        let path = table.split(separator: ".").map { "\(identifier: String($0))" as PostgresQuery }
        let table = path.joined(separator: ".")
        let progress = ProgressBar(total: reader.size, label: self.table)

        let rows = try await PostgresConnection.with(database) { connection in
            try await connection.withTransaction { transaction in
                if create {
                    let columns = names.map { $0 + " text" }.joined(separator: ", ")
                    try await transaction.execute("CREATE TABLE \(table) (\(columns))")
                }
                return try await transaction.copyIn(
                    "COPY \(table) (\(names.joined(separator: ", "))) FROM STDIN (FORMAT csv, HEADER)"
                ) { writer in
                    while let piece = try reader.next() {
                        try await writer.write(piece)
                        progress.show(reader.position)
                    }
                }
            }
        }
        progress.finish("\(rows) rows")
    }

    private func say(_ text: String) {
        FileHandle.standardError.write(Data("\(ProgressBar.newLine)\(text)\n".utf8))
    }
}
