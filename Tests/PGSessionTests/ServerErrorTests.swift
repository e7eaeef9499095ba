import PGSession
import Testing

@Suite struct ServerErrorTests {
    @Test func `An error without fields is an internal error`() {
        #expect(ServerError().sqlState == "XX000")
    }
}
