/// The users and secrets of `auth_file`.
///
///     "user" "secret" anything
///
/// One user a line; `""` inside quotes is one quote; a line that starts with `;` is a comment. The secret is a plain
/// password, `md5` and 32 hexadecimal digits, or a `SCRAM-SHA-256$…` secret.
package struct UserlistFile: Hashable, Sendable {
    /// The longest secret, in bytes.
    package static let secretLimit = 65_530

    /// One user.
    package struct User: Hashable, Sendable {
        package var name: String
        package var secret: Secret

        package init(name: String, secret: Secret) { (self.name, self.secret) = (name, secret) }
    }

    /// In file order; a name that is written twice keeps its first place and gets its last secret.
    package private(set) var users: [User] = []
    /// Why reading stopped early. The users before the fault are in ``users``.
    package private(set) var warnings: [ConfigWarning] = []

    private var index: [String: Int] = [:]

    /// An empty file.
    package init() {}

    /// The secret of `name`; `nil` when the file has no such user. O(1).
    package func secret(of name: String) -> Secret? { index[name].map { users[$0].secret } }

    mutating func add(_ user: User) {
        if let place = index[user.name] {
            users[place].secret = user.secret
        } else {
            index[user.name] = users.count
            users.append(user)
        }
    }

    mutating func warn(_ warning: ConfigWarning) { warnings.append(warning) }
}
