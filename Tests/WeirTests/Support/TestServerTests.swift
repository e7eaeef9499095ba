import NIOCore
import Testing
import Weir

@Suite struct TestServerTests {
    @Test func `The shared server lets us in`() async throws {
        let connected = try await TestServer.shared.connect()
        #expect(
            connected.parameters["server_version"]?.hasPrefix("\(try await TestServer.shared.majorVersion)") == true)
        #expect(connected.cancelKey != nil)
        try await connected.channel.close()
    }
}
