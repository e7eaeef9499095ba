import ArgumentParser
import Foundation

/// How the program was called.
///
/// It accepts PgBouncer's command line: under the name `pgbouncer` always, under its own when the first word is not one of
/// its commands. To change from PgBouncer, an operator changes a path, or a symbolic link.
enum Invocation {
    /// The pooler, with PgBouncer's own options.
    case serve(ServeInvocation)
    /// One of weir's commands, or the overview.
    case command([String])
    /// A word that names nothing: probably a misspelt command.
    case neither(String)

    init(_ arguments: [String]) {
        let program = arguments.first ?? "weir"
        let words = Array(arguments.dropFirst())
        if (program as NSString).lastPathComponent.hasPrefix("pgbouncer") {
            self = .serve(ServeInvocation(program: program, isPgBouncer: true, words: words))
        } else if words.first == "serve" {
            self = .serve(ServeInvocation(program: program, isPgBouncer: false, words: Array(words.dropFirst())))
        } else if Self.isForCommands(words) {
            self = .command(words)
        } else if let word = words.first, words.count == 1, Self.looksMisspelt(word) {
            self = .neither(word)
        } else {
            self = .serve(ServeInvocation(program: program, isPgBouncer: false, words: words))
        }
    }

    /// `weir --help`, `weir -h`, `weir help …` and every command except `serve`.
    private static func isForCommands(_ words: [String]) -> Bool {
        guard let first = words.first else { return false }
        if first == "--generate-completion-script" || first == "help" { return true }
        if words.count == 1, ["-h", "--help"].contains(first) { return true }
        return WeirCommand.configuration.subcommands.contains { $0._commandName == first }
    }

    private static func looksMisspelt(_ word: String) -> Bool {
        word.allSatisfy(\.isLetter) && !FileManager.default.fileExists(atPath: word)
    }
}

/// A call of the pooler.
struct ServeInvocation {
    /// The name under which the program was called, for messages.
    var program: String
    /// Whether that name is `pgbouncer`.
    var isPgBouncer: Bool
    /// What followed it.
    var words: [String]
}
