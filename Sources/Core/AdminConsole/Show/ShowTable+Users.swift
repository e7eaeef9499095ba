/// One user, for SHOW USERS.
package struct UserRow: Hashable, Sendable {
    package var name: String
    /// `nil` unless the user sets its own, here and in the next two.
    package var poolSize: Int?
    package var reservePoolSize: Int?
    package var poolMode: String?
    /// Servers; 0 is no limit.
    package var maximumConnections: Int = 0
    package var currentConnections: Int = 0
    /// Clients; 0 is no limit.
    package var maximumClientConnections: Int = 0
    package var currentClientConnections: Int = 0

    package init(name: String) { self.name = name }
}

extension ShowTable {
    /// SHOW USERS.
    ///
    /// The sizes are text, right-aligned in nine places; one that is not set is empty, not NULL.
    package static func users(_ users: [UserRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "name", "pool_size", "reserve_pool_size", "pool_mode")
                + columns(
                    .int4, "max_user_connections", "current_connections", "max_user_client_connections",
                    "current_client_connections"),
            rows: users.map { user in
                [
                    user.name, sizeText(user.poolSize), sizeText(user.reservePoolSize), user.poolMode,
                    "\(user.maximumConnections)", "\(user.currentConnections)",
                    "\(user.maximumClientConnections)", "\(user.currentClientConnections)",
                ]
            })
    }

    private static func sizeText(_ size: Int?) -> String {
        guard let size else { return "" }
        let digits = String(size)
        return String(repeating: " ", count: max(0, 9 - digits.count)) + digits
    }
}
