import NIOCore
import Testing
import Weir

@Suite(.limited) struct TestServerTests {
    @Test func `The shared server accepts a connection`() async throws {
        let connected = try await TestServer.shared.connect()
        #expect(
            connected.parameters["server_version"]?.hasPrefix("\(try await TestServer.shared.majorVersion)") == true)
        #expect(connected.cancelKey != nil)
        try await connected.channel.close()
    }
}
