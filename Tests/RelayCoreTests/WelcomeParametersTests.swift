import PGWire
import RelayCore
import Testing

/// The values are those of PostgreSQL 18 before and after a promotion and a reload.
@Suite("What clients are told at log-in")
struct WelcomeParametersTests {
    private let names = TrackedNames()

    private func parameter(_ name: String, _ value: String) -> ParameterStatus {
        ParameterStatus(name: name, value: Array(value.utf8))
    }

    private func encoded(_ parameters: [ParameterStatus]) -> [UInt8] {
        var writer = WireWriter()
        for parameter in parameters { parameter.encode(into: &writer) }
        return writer.bytes
    }

    private func welcome(_ parameters: ParameterStatus...) -> WelcomeParameters {
        WelcomeParameters(tracked: TrackedParameters(count: names.count), messages: encoded(parameters))
    }

    @Test func repeatsWhatTheServerReported() {
        let said = [parameter("server_version", "18.0"), parameter("in_hot_standby", "on")]
        let welcome = WelcomeParameters(tracked: TrackedParameters(count: names.count), messages: encoded(said))
        #expect(welcome.messages == encoded(said))
        #expect(welcome.isStandby)
    }

    @Test func aPromotionReplacesTheValueInPlace() {
        var welcome = welcome(parameter("in_hot_standby", "on"), parameter("server_version", "18.0"))
        let isNews = welcome.learn(parameter("in_hot_standby", "off"), names: names)
        #expect(isNews && !welcome.isStandby)
        #expect(welcome.messages == encoded([parameter("in_hot_standby", "off"), parameter("server_version", "18.0")]))
        let isNewsAgain = welcome.learn(parameter("in_hot_standby", "off"), names: names)
        #expect(!isNewsAgain)
    }

    @Test func aTrackedParameterIsReportedAsATrackedOne() {
        var welcome = welcome(parameter("server_version", "18.0"))
        let isNews = welcome.learn(parameter("TimeZone", "Asia/Tokyo"), names: names)
        #expect(isNews)
        #expect(names.index(of: "timezone").flatMap { welcome.tracked[$0] } == Array("Asia/Tokyo".utf8))
        #expect(welcome.messages == encoded([parameter("server_version", "18.0")]))
    }

    @Test func aServerThatMakesUpParametersIsNotFollowedWithoutEnd() {
        var welcome = welcome()
        let learned = (0..<10_000).count { welcome.learn(parameter("made.up\($0)", "x"), names: names) }
        #expect(learned == 256)
    }

    @Test(arguments: [
        ("in_hot_standby", true), ("server_version", true), ("server_encoding", true), ("integer_datetimes", true),
        ("default_transaction_read_only", false), ("IntervalStyle", false), ("is_superuser", false),
        ("session_authorization", false), ("search_path", false), ("scram_iterations", false), ("TimeZone", false),
    ])
    func onlyWhatNoClientCanSetIsAFact(name: String, isFact: Bool) {
        #expect(WelcomeParameters.isFact(name) == isFact)
    }

    @Test func bytesThatAreNotMessagesAreLeftOut() {
        let good = encoded([parameter("server_version", "18.0")])
        for tail: [UInt8] in [
            [0x53], [0x53, 0, 0, 0, 3], [0x53, 0xff, 0xff, 0xff, 0xff, 0], [0x53, 0, 0, 0, 6, 65, 66],
        ] {
            let welcome = WelcomeParameters(tracked: TrackedParameters(count: names.count), messages: good + tail)
            #expect(welcome.messages == good)
        }
    }
}
