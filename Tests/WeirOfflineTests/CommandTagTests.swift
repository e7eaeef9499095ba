import Testing
import Weir

@Suite struct CommandTagTests {
    @Test(
        arguments: [
            ("INSERT 0 3", "INSERT", 3), ("SELECT 10", "SELECT", 10), ("CREATE TABLE", "CREATE TABLE", nil),
            ("", "", nil),
            ("COPY 7", "COPY", 7), ("UPDATE 0", "UPDATE", 0),
        ] as [(String, String, Int?)])
    func `A tag contains the command and the number of rows`(text: String, command: String, rows: Int?) {
        let tag = PostgresCommandTag(text)
        #expect(tag.command == command)
        #expect(tag.rowsAffected == rows)
    }
}
