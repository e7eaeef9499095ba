import LoginCore
import PoolerConfig
import Testing

/// Observed from PgBouncer 1.25.2, with one exception: an unlisted user is refused only after it has authenticated.
@Suite struct ConsoleAccessTests {
    private static func access(_ user: String, own: Bool = false) -> ConsoleAccess {
        ConsoleAccess(user: user, isOwnAccount: own, admins: ["root", "joe"], stats: ["watcher", "joe"])
    }

    @Test(
        arguments: [
            ("pgbouncer", true, .ownAccount), ("pgbouncer", false, .unlisted), ("mallory", true, .unlisted),
            ("root", false, .admin), ("joe", false, .admin), ("watcher", true, .stats), ("", false, .unlisted),
        ] as [(String, Bool, ConsoleAccess)])
    func theListsSayWhoMayComeIn(_ user: String, _ own: Bool, _ expected: ConsoleAccess) {
        #expect(Self.access(user, own: own) == expected)
    }

    @Test(
        arguments: [
            (.ownAccount, .any, .admin), (.ownAccount, .scramSHA256, .admin),
            (.admin, .any, .admin), (.admin, .md5, .admin), (.stats, .any, .stats), (.stats, .trust, .stats),
            // With `any` every user may read, and only the listed users may change anything.
            (.unlisted, .any, .stats), (.unlisted, .trust, nil), (.unlisted, .plain, nil),
        ] as [(ConsoleAccess, AuthType, ConsoleRole?)])
    func aRoleIsGivenForAProof(_ access: ConsoleAccess, _ method: AuthType, _ role: ConsoleRole?) {
        #expect(access.role(provedBy: method) == role)
    }

    private static func world(_ method: AuthType, _ access: ConsoleAccess, known: Bool = true) -> LoginWorld {
        var world = LoginWorld(method, known ? Kind.plain.secret : nil, place: .console(access))
        world.receive(startup(database: "pgbouncer"))
        return world
    }

    @Test func theOwnAccountNeedsNoProof() {
        let world = Self.world(.scramSHA256, .ownAccount, known: false)
        #expect(world.acceptance?.role == .admin)
        #expect(world.sent.isEmpty && world.notes.isEmpty)
    }

    @Test func anyGivesAnUnlistedUserReadAccessOnly() {
        #expect(Self.world(.any, .unlisted, known: false).acceptance?.role == .stats)
        #expect(Self.world(.any, .admin, known: false).acceptance?.role == .admin)
    }

    @Test(arguments: [AuthType.plain, .md5, .scramSHA256])
    func anUnlistedUserIsAskedForAPasswordBeforeItIsRefused(_ method: AuthType) throws {
        var right = Self.world(method, .unlisted)
        #expect(right.refusal == nil && right.sent.count == 1)
        try right.answer(with: "right")
        #expect(right.refusal == LoginRefusal("not allowed"))
        #expect(right.acceptance == nil)
        var (wrong, listed) = (Self.world(method, .unlisted), Self.world(method, .admin))
        try wrong.answer(with: "wrong")
        try listed.answer(with: "wrong")
        #expect(wrong.refusal == listed.refusal)
    }
}
