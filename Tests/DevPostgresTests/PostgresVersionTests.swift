import DevPostgres
import Testing

/// The first rows are the output of Debian's, the PostgreSQL project's and development packages.
@Suite("Versions of PostgreSQL")
struct PostgresVersionTests {
    @Test(arguments: [
        ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n", 15, "15.20"),
        ("postgres (PostgreSQL) 18.0\n", 18, "18.0"),
        ("postgres (PostgreSQL) 17beta1\n", 17, "17beta1"),
        ("postgres (PostgreSQL) 19devel\n", 19, "19devel"),
    ])
    func areParsedFromPostgresOutput(output: String, major: Int, text: String) throws {
        let version = try #require(PostgresVersion(output: output))
        #expect(version.major == major)
        #expect(version.description == text)
    }

    @Test(arguments: ["", "postgres", "postgres (PostgreSQL)", "postgres (PostgreSQL) x", "bash 5.2"])
    func areNotParsedFromOtherOutput(output: String) {
        #expect(PostgresVersion(output: output) == nil)
    }

    @Test func areOrderedNumerically() throws {
        let printed = ["18.0", "9.6", "15.20", "15.9", "15.10"]
        let sorted = printed.compactMap { PostgresVersion(output: "x (PostgreSQL) \($0)") }.sorted()
        #expect(sorted.map(\.description) == ["9.6", "15.9", "15.10", "15.20", "18.0"])
    }
}
