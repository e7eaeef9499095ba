import PGSession
import Testing

@Suite struct ServerErrorTests {
    @Test func `An error that says nothing is an internal one`() {
        #expect(ServerError().sqlState == "XX000")
    }
}
