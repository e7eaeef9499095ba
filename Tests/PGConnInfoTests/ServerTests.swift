import PGConnInfo
import Testing

/// Every outcome was observed from libpq 18 (`PQconnectStart` and its error message).
@Suite("The servers of a connection string")
struct ServerTests {
    typealias Server = ConnectionString.Server

    struct Row: Sendable, CustomTestStringConvertible {
        let input: String
        let expected: Result<[Server], ServerListError>
        var testDescription: String { input }

        init(_ input: String, _ servers: [Server]) { (self.input, expected) = (input, .success(servers)) }
        init(_ input: String, fails error: ServerListError) { (self.input, expected) = (input, .failure(error)) }
    }

    static let table = [
        Row("", [Server()]),
        Row("host='' port=''", [Server()]),
        Row("host=/x port=''", [Server(host: "/x")]),
        Row("host=/x,/y port=,", [Server(host: "/x"), Server(host: "/y")]),
        Row("host=/x,/y port=7", [Server(host: "/x", port: 7), Server(host: "/y", port: 7)]),
        Row("host=/x,/y,/z port=5,,6", [Server(host: "/x", port: 5), Server(host: "/y"), Server(host: "/z", port: 6)]),
        Row("host=, port=5", [Server(port: 5), Server(port: 5)]),
        Row("host='/x, /y' port='1, 2'", [Server(host: "/x", port: 1), Server(host: " /y", port: 2)]),
        Row("host=/x port=' 12 '", [Server(host: "/x", port: 12)]),
        Row("host=/x port=+5", [Server(host: "/x", port: 5)]),
        Row("host=a hostaddr=1.2.3.4", [Server(host: "a", address: "1.2.3.4")]),
        Row("hostaddr=1.2.3.4,::1", [Server(address: "1.2.3.4"), Server(address: "::1")]),
        Row(
            "hostaddr=1.2.3.4, host=/a,/b port=1",
            [Server(host: "/a", address: "1.2.3.4", port: 1), Server(host: "/b", port: 1)]),
        Row(
            "postgresql://a:1,[::1],c:3/db",
            [Server(host: "a", port: 1), Server(host: "::1"), Server(host: "c", port: 3)]),
        Row("host=/tmp/x,/tmp/y port=1,2,3", fails: .portCount(ports: 3, hosts: 2)),
        Row("port=5,6", fails: .portCount(ports: 2, hosts: 1)),
        Row("host='' port=5,6", fails: .portCount(ports: 2, hosts: 1)),
        Row("host=/x,/y hostaddr=1.2.3.4", fails: .hostCount(hosts: 2, addresses: 1)),
        Row("host=a hostaddr=1.2.3.4,1.2.3.5 port=1", fails: .hostCount(hosts: 1, addresses: 2)),
        Row("host=/x port=0", fails: .portOutOfRange("0")),
        Row("host=/x port=65536", fails: .portOutOfRange("65536")),
        Row("host=/x port=-1", fails: .portOutOfRange("-1")),
        Row("host=/x port=abc", fails: .portNotANumber("abc")),
        Row("host=/x port=1x", fails: .portNotANumber("1x")),
        Row("host=/x port=' '", fails: .portNotANumber(" ")),
        Row("host=/x port=0x10", fails: .portNotANumber("0x10")),
        Row("host=/x port=99999999999999999999", fails: .portNotANumber("99999999999999999999")),
    ]

    @Test(arguments: table)
    func areListedAsLibpqTriesThem(_ row: Row) throws {
        let string = try ConnectionString(row.input)
        #expect(Result { () throws(ServerListError) in try string.servers() } == row.expected)
    }

    @Test func errorsUseLibpqsWords() {
        #expect(
            ServerListError.portCount(ports: 2, hosts: 1).description == "could not match 2 port numbers to 1 hosts")
        #expect(
            ServerListError.hostCount(hosts: 2, addresses: 1).description
                == "could not match 2 host names to 1 hostaddr values")
        #expect(ServerListError.portOutOfRange("0").description == "invalid port number: \"0\"")
        #expect(
            ServerListError.portNotANumber("1x").description
                == "invalid integer value \"1x\" for connection option \"port\"")
    }
}
