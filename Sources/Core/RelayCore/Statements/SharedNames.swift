/// Finds out whether two clients use one name for prepared statements, where names are passed on unseen
/// (`max_prepared_statements = 0`): one of them may then get the answer of the other's statement.
///
/// It finds it once, and among the first names only: an operator is to be warned, not every case found.
package struct SharedNames: Sendable {
    private var users: [Int: UInt64] = [:]
    /// Nothing more is looked for.
    package private(set) var isDone = false

    private static let mostNames = 1_000

    package init() {}

    /// A client prepares a statement of this name.
    ///
    /// - Returns: whether another client has done so, which is told once.
    package mutating func note(_ name: [UInt8], client: UInt64) -> Bool {
        guard !isDone else { return false }
        let hash = name.hashValue
        if let user = users[hash] {
            guard user != client else { return false }
            isDone = true
            users = [:]
            return true
        }
        if users.count < Self.mostNames { users[hash] = client }
        return false
    }
}
