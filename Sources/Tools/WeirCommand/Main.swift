import ArgumentParser
import Foundation
import Glibc

/// Where the program begins: PgBouncer's command line, or one of weir's commands.
@main
enum Main {
    static func main() {
        // A peer that closes its connection is an error to handle, not a reason to end.
        _ = signal(SIGPIPE, SIG_IGN)
        switch Invocation(CommandLine.arguments) {
        case .serve(let invocation): exit(Serve(invocation).run())
        case .command(let words) where words.first == BenchCommand._commandName: BenchCommand.start(words)
        case .command(let words): WeirCommand.main(words)
        case .neither(let word):
            Terminal.complain("weir: \"\(word)\" is neither a command nor a configuration file. Try \"weir --help\".")
            exit(1)
        }
    }
}
