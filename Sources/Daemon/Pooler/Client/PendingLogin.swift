import LoginCore
import PoolerConfig

/// A client's log-in that is under way, and the records it is about.
final class PendingLogin {
    var exchange = ClientLogin()
    /// The database, if it has been used; one that is made from the fallback entry is made only for users that have
    /// proved who they are.
    var database: Database?
    /// It is in the configuration, or served by the fallback entry.
    var isDatabaseKnown = false
    /// The user that its line names for the servers.
    var forcedUser: String?
    var user: User?
    /// The database exists but is disabled. The client is told after its proof.
    var isDisabled = false
}

extension PendingLogin {
    func findDatabase(_ name: String, _ book: borrowing PoolBook, _ live: LiveConfiguration) {
        database = book.database(named: name)
        if let database {
            isDatabaseKnown = true
            forcedUser = database.forcedUser
        } else if let entry = live.file.database(serving: name) {
            isDatabaseKnown = true
            forcedUser = entry.user
        }
    }

    func findUser(_ name: String, _ book: inout PoolBook, _ live: LiveConfiguration) {
        if live.settings.authType == .any, let forcedUser {
            user = book.user(named: forcedUser, live)
        } else if let known = book.knownUser(named: name) {
            user = known
        } else if live.secrets[name] != nil {
            user = book.user(named: name, live)
        }
    }
}
