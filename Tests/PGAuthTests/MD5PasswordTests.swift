import PGAuth
import Testing

@Suite("MD5 passwords")
struct MD5PasswordTests {
    /// `hashlib.md5(stored_digits + salt)` in Python, after pg_authid of PostgreSQL 15.20 for role ann, password
    /// pencil.
    static let challenges: [(salt: [UInt8], response: String)] = [
        ([0, 0, 0, 0], "md5406cd351d5d115099ef5668c58e9a3f0"), ([1, 2, 3, 4], "md57a54f810f22603a6e57c5628653701a4"),
        ([0xFF, 0xFE, 0x80, 0x7F], "md5adc4ead3d41ed49df0cc869b876218bf"),
    ]

    @Test(arguments: challenges)
    func aChallengeHasOneAnswer(salt: [UInt8], response: String) throws {
        let computed = MD5Password(password: bytes("pencil"), user: "ann")
        let stored = try #require(MD5Password(stored: bytes("md528754acffc5400623f44a44d30b50393")))
        #expect(computed == stored)
        #expect(text(stored.response(salt: salt)) == response)
        #expect(stored.accepts(response: bytes(response), salt: salt))
    }

    @Test func aWrongAnswerIsRefused() {
        let password = MD5Password(password: bytes("pencil"), user: "ann")
        let response = password.response(salt: [1, 2, 3, 4])
        #expect(!password.accepts(response: response, salt: [1, 2, 3, 5]))
        #expect(!password.accepts(response: response.dropLast(), salt: [1, 2, 3, 4]))
        #expect(!password.accepts(response: response + [0], salt: [1, 2, 3, 4]))
        #expect(!password.accepts(response: [], salt: [1, 2, 3, 4]))
        for index in response.indices {
            var changed = response
            changed[index] ^= 1
            #expect(!password.accepts(response: changed, salt: [1, 2, 3, 4]))
        }
    }

    @Test func theUserNameIsPartOfTheHash() {
        #expect(
            MD5Password(password: bytes("pencil"), user: "ann") != MD5Password(password: bytes("pencil"), user: "bob"))
    }

    @Test func plainAndMD5SecretsGiveTheSameAnswer() {
        let stored = StoredSecret(bytes("md528754acffc5400623f44a44d30b50393"))
        #expect(StoredSecret(bytes("pencil")).md5(user: "ann") == stored.md5(user: "ann"))
        #expect(StoredSecret(bytes(StoredSecretTests.good)).md5(user: "ann") == nil)
    }
}
