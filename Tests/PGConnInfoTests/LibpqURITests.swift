import PGConnInfo
import Testing

/// The cases of PostgreSQL's own URI tests (src/interfaces/libpq/t/001_uri.pl), with the output of its program.
///
/// It prints every option that is not the default, in libpq's order, and whether a Unix socket would be used.
@Suite("PostgreSQL's own URI cases")
struct LibpqURITests {
    struct Row: Sendable, CustomTestStringConvertible {
        let input: String
        let printed: String
        var testDescription: String { input }

        init(_ input: String, _ printed: String) { (self.input, self.printed) = (input, printed) }
        init(_ input: String, fails message: String) { (self.input, printed) = (input, message) }
    }

    static let table: [Row] = [
        Row(
            "postgresql://uri-user:secret@host:12345/db",
            "user='uri-user' password='secret' dbname='db' host='host' port='12345' (inet)"),
        Row("postgresql://uri-user@host:12345/db", "user='uri-user' dbname='db' host='host' port='12345' (inet)"),
        Row("postgresql://uri-user@host/db", "user='uri-user' dbname='db' host='host' (inet)"),
        Row("postgresql://host:12345/db", "dbname='db' host='host' port='12345' (inet)"),
        Row("postgresql://host/db", "dbname='db' host='host' (inet)"),
        Row("postgresql://uri-user@host:12345/", "user='uri-user' host='host' port='12345' (inet)"),
        Row("postgresql://uri-user@host/", "user='uri-user' host='host' (inet)"),
        Row("postgresql://uri-user@", "user='uri-user' (local)"),
        Row("postgresql://host:12345/", "host='host' port='12345' (inet)"),
        Row("postgresql://host:12345", "host='host' port='12345' (inet)"),
        Row("postgresql://host/db", "dbname='db' host='host' (inet)"),
        Row("postgresql://host/", "host='host' (inet)"),
        Row("postgresql://host", "host='host' (inet)"),
        Row("postgresql://", "(local)"),
        Row("postgresql://?hostaddr=127.0.0.1", "hostaddr='127.0.0.1' (inet)"),
        Row("postgresql://example.com?hostaddr=63.1.2.4", "host='example.com' hostaddr='63.1.2.4' (inet)"),
        Row("postgresql://%68ost/", "host='host' (inet)"),
        Row("postgresql://host/db?user=uri-user", "user='uri-user' dbname='db' host='host' (inet)"),
        Row(
            "postgresql://host/db?user=uri-user&port=12345",
            "user='uri-user' dbname='db' host='host' port='12345' (inet)"),
        Row(
            "postgresql://host/db?u%73er=someotheruser&port=12345",
            "user='someotheruser' dbname='db' host='host' port='12345' (inet)"),
        Row("postgresql://host/db?u%7aer=someotheruser&port=12345", fails: #"invalid URI query parameter: "uzer""#),
        Row("postgresql://host:12345?user=uri-user", "user='uri-user' host='host' port='12345' (inet)"),
        Row("postgresql://host?user=uri-user", "user='uri-user' host='host' (inet)"),
        Row("postgresql://host?", "host='host' (inet)"),
        Row("postgresql://[::1]:12345/db", "dbname='db' host='::1' port='12345' (inet)"),
        Row("postgresql://[::1]/db", "dbname='db' host='::1' (inet)"),
        Row("postgresql://[2001:db8::1234]/", "host='2001:db8::1234' (inet)"),
        Row("postgresql://[200z:db8::1234]/", "host='200z:db8::1234' (inet)"),
        Row("postgresql://[::1]", "host='::1' (inet)"),
        Row("postgres://", "(local)"),
        Row("postgres:///", "(local)"),
        Row("postgres:///db", "dbname='db' (local)"),
        Row("postgres://uri-user@/db", "user='uri-user' dbname='db' (local)"),
        Row("postgres://?host=/path/to/socket/dir", "host='/path/to/socket/dir' (local)"),
        Row("postgresql://host?uzer=", fails: #"invalid URI query parameter: "uzer""#),
        Row("postgre://", fails: #"missing "=" after "postgre://" in connection info string"#),
        Row(
            "postgres://[::1",
            fails:
                #"end of string reached when looking for matching "]" in IPv6 host address in URI: "postgres://[::1""#),
        Row("postgres://[]", fails: #"IPv6 host address may not be empty in URI: "postgres://[]""#),
        Row(
            "postgres://[::1]z",
            fails: #"unexpected character "z" at position 17 in URI (expected ":" or "/"): "postgres://[::1]z""#),
        Row("postgresql://host?zzz", fails: #"missing key/value separator "=" in URI query parameter: "zzz""#),
        Row(
            "postgresql://host?value1&value2",
            fails: #"missing key/value separator "=" in URI query parameter: "value1""#),
        Row("postgresql://host?key=key=value", fails: #"extra key/value separator "=" in URI query parameter: "key""#),
        Row("postgres://host?dbname=%XXfoo", fails: #"invalid percent-encoded token: "%XXfoo""#),
        Row("postgresql://a%00b", fails: #"forbidden value %00 in percent-encoded value: "a%00b""#),
        Row("postgresql://%zz", fails: #"invalid percent-encoded token: "%zz""#),
        Row("postgresql://%1", fails: #"invalid percent-encoded token: "%1""#),
        Row("postgresql://%", fails: #"invalid percent-encoded token: "%""#),
        Row("postgres://@host", "host='host' (inet)"),
        Row("postgres://host:/", "host='host' (inet)"),
        Row("postgres://:12345/", "port='12345' (local)"),
        Row("postgres://otheruser@?host=/no/such/directory", "user='otheruser' host='/no/such/directory' (local)"),
        Row("postgres://otheruser@/?host=/no/such/directory", "user='otheruser' host='/no/such/directory' (local)"),
        Row(
            "postgres://otheruser@:12345?host=/no/such/socket/path",
            "user='otheruser' host='/no/such/socket/path' port='12345' (local)"),
        Row(
            "postgres://otheruser@:12345/db?host=/path/to/socket",
            "user='otheruser' dbname='db' host='/path/to/socket' port='12345' (local)"),
        Row("postgres://:12345/db?host=/path/to/socket", "dbname='db' host='/path/to/socket' port='12345' (local)"),
        Row("postgres://:12345?host=/path/to/socket", "host='/path/to/socket' port='12345' (local)"),
        Row("postgres://%2Fvar%2Flib%2Fpostgresql/dbname", "dbname='dbname' host='/var/lib/postgresql' (local)"),
    ]

    @Test(arguments: table)
    func printsWhatLibpqPrints(_ row: Row) {
        do throws(ConnInfoError) {
            let string = try ConnectionString(row.input)
            let host = string[.host] ?? ""
            let isLocal = string[.hostaddr] == nil && (host.isEmpty || host.hasPrefix("/"))
            let options = string.options.map { "\($0.keyword.rawValue)='\($0.value)' " }.joined()
            #expect(options + (isLocal ? "(local)" : "(inet)") == row.printed)
        } catch {
            #expect(error.message == row.printed)
        }
    }

    @Test func theTableIsComplete() {
        #expect(Self.table.count == 57)
    }
}
