import PGConnInfo
import Testing

@Suite("Connection strings")
struct ConnectionStringTests {
    @Test func everyStringMeansTheSameAsToLibpq() {
        #expect(connInfoVectors.count > 400)
        for (input, isValid, printed) in connInfoVectors {
            do throws(ConnInfoError) {
                let options = try ConnectionString(input).options
                #expect(options.map { "\($0.keyword.rawValue)='\($0.value)' " }.joined() == printed, "\(input)")
                #expect(isValid, "\(input)")
            } catch {
                #expect(LibpqAnswers.isSame(error.message, as: printed), "\(input)")
                #expect(!isValid, "\(input)")
                #expect(error.offset <= input.utf8.count)
            }
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let input: String
        let error: ConnInfoError
        var testDescription: String { input }

        init(_ input: String, _ error: ConnInfoError) { (self.input, self.error) = (input, error) }
    }

    /// The offsets are not libpq's.
    static let places = [
        Row("port=1  host", .missingEquals(keyword: "host", offset: 8)),
        Row("port=1 password='oops", .unterminatedQuote(offset: 16)),
        Row("port=1 hots=db", .unknownKeyword("hots", offset: 7)),
        Row("postgres://a,[::1", .unterminatedIPv6Address(uri: "postgres://a,[::1", offset: 13)),
        Row("postgres://[]", .emptyIPv6Address(uri: "postgres://[]", offset: 11)),
        Row("postgres://[::1]z", .unexpectedCharacter("z", uri: "postgres://[::1]z", offset: 16)),
        Row("postgres://h?a", .missingQuerySeparator(parameter: "a", offset: 13)),
        Row("postgres://h?user=a&b=c=d", .extraQuerySeparator(parameter: "b", offset: 20)),
        Row("postgres://h?user=a&uzer=b", .unknownQueryParameter("uzer", offset: 20)),
        Row("postgres://h/%zz", .invalidPercentEncoding("%zz", offset: 13)),
        Row("postgres://u%00@h", .forbiddenZero("u%00", offset: 11)),
        Row("postgres://h?user=a b", .unexpectedSpaces("a b", offset: 18)),
        Row("postgres://h/%FF", .invalidUTF8(offset: 13)),
        Row("host=a\0b", .zeroByte(offset: 6)),
    ]

    @Test(arguments: places)
    func anErrorHasItsOffset(_ row: Row) {
        #expect(throws: row.error) { try ConnectionString(row.input) }
    }

    @Test(arguments: [
        "postgres://ann:geheim@[::1", "postgres://ann:geheim@[]", "postgres://ann:geheim@[::1]z/d",
        "postgres://ann:geheim%@h",
        "postgres://ann:geheim%00@h", "postgres://ann:ge geheim@h", "postgres://[]?password=geheim",
        "postgres://h?password=geheim%zz",
        "postgres://ann:x/geheim%@h", "postgres://ann:geheim%/x@h", "postgres://h?password=x&geheim",
        "postgres://ann:x@geheim:%zz@h", "postgres://ann:p?x/geheim@h", "password=x geheim", "Postgres://ann:geheim@h",
        "postgresql+asyncpg://ann:geheim@h?ssl=true", "postgres://h?sslpassword=geheim%00",
        "postgres://h?%70assword=a geheim",
    ])
    func anErrorShowsNoPassword(_ input: String) throws {
        let error = try #require(throws: ConnInfoError.self) { try ConnectionString(input) }
        #expect(!error.description.contains("geheim"))
        #expect(!String(reflecting: error).contains("geheim"))
    }

    @Test(arguments: ["postgres://ann:geheim/x@h", "postgres://ann:p@geheim@h", "postgres://ann:x/geheim@h"])
    func piecesOfAPasswordAreNotShown(_ input: String) throws {
        let string = try ConnectionString(input)
        #expect(string.hasMisplacedPassword)
        #expect(!"\(string) \(String(reflecting: string))".contains("geheim"))
    }

    @Test(arguments: ["postgres://ann:p@h", "postgres://@@abstract/d", "postgres://h/d?user=me@server", "postgres://h"])
    func aStringWithoutAMisplacedPasswordIsShown(_ input: String) throws {
        #expect(try !ConnectionString(input).hasMisplacedPassword)
    }

    @Test(arguments: [
        ("hots", "host"), ("databse", "dbname"), ("database", "dbname"), ("username", "user"), ("HOST", "host"),
        ("sslmod", "sslmode"), ("ssl-mode", "sslmode"), ("pasword", "password"), ("conect_timeout", "connect_timeout"),
        ("target_session_attr", "target_session_attrs"), ("prot", "port"), ("zzzzzz", nil), ("", nil), ("x", nil),
    ])
    func theNearestKeywordIsSuggestedForAnUnknownOne(name: String, nearest: String?) throws {
        #expect(ConnectionString.Keyword(nearest: name)?.rawValue == nearest)
        let asked = nearest.map { " (did you mean \"\($0)\"?)" } ?? ""
        let error = try #require(throws: ConnInfoError.self) { try ConnectionString("\(name)=x") }
        #expect(error.description == "invalid connection option \"\(name)\"\(asked)")
        let inURI = try #require(throws: ConnInfoError.self) { try ConnectionString("postgres://?\(name)=x") }
        #expect(inURI.description == "invalid URI query parameter: \"\(name)\"\(asked)")
    }

    @Test func aSingleWordIsADatabaseIfTheCallerAllowsIt() throws {
        #expect(try ConnectionString(databaseOrString: "app").options == [.init(.dbname, "app")])
        #expect(try ConnectionString(databaseOrString: "").options == [])
        #expect(try ConnectionString(databaseOrString: "user=a").options == [.init(.user, "a")])
        #expect(try ConnectionString(databaseOrString: "postgres://h")[.host] == "h")
    }

    @Test func theLastOptionForAKeywordCounts() {
        let string = ConnectionString([.init(.user, "a"), .init(.host, "h"), .init(.user, "b")])
        #expect(string.options == [.init(.user, "b"), .init(.host, "h")])
    }

    @Test func aParsedStringShowsNoPassword() throws {
        let string = try ConnectionString("user=ann password=geheim sslpassword=geheim scram_client_key=geheim")
        var dumped = ""
        dump(string, to: &dumped)
        for shown in ["\(string)", String(reflecting: string), dumped] {
            #expect(!shown.contains("geheim"))
            #expect(shown.contains("user=ann"))
            #expect(shown.contains("password=<redacted>"))
        }
        #expect(string[.password] == "geheim")
    }

    @Test func onlyThePrefixMakesItAURI() {
        for text in ["postgresql://", "postgres://x"] { #expect(ConnectionString.isURI(text)) }
        for text in ["", "postgres:/", " postgres://", "Postgres://", "host=postgres://"] {
            #expect(!ConnectionString.isURI(text))
        }
    }

    @Test func theKeywordsAreThoseOfLibpq18() {
        #expect(ConnectionString.Keyword.allCases.count == 50)
        #expect(ConnectionString.Keyword.allCases.first == .service)
        #expect(ConnectionString.Keyword.allCases.last == .sslkeylogfile)
        #expect(ConnectionString.Keyword(rawValue: "requiressl") == nil)
    }
}
