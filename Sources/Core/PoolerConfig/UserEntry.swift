/// One line of `[users]`: limits for one user over all databases.
///
/// A user's value beats the database's, which beats the global setting; `nil` leaves it to those.
package struct UserEntry: Hashable, Sendable {
    /// The longest user name, in bytes.
    package static let nameLimit = 127

    package var name: String
    package var poolMode: PoolMode?
    package var poolSize: Int?
    package var reservePoolSize: Int?
    package var maxUserConnections: Int?
    package var maxUserClientConnections: Int?
    package var queryTimeout: Duration?
    /// `.zero` turns the time limit off for this user.
    package var queryWaitTimeout: Duration?
    package var transactionTimeout: Duration?
    package var idleTransactionTimeout: Duration?
    package var clientIdleTimeout: Duration?

    package init(name: String) { self.name = name }
}
