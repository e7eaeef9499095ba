import MonotonicTime
import Pooler
import Testing

@Suite struct MemoryReleaseTests {
    @Test func muchIsReleasedAtOnceAndThenSeldom() {
        var release = MemoryRelease()
        let start = Instant(nanoseconds: 1_000)
        let much = MemoryRelease.least
        let moments = [
            (0, much - 1), (0, much), (299, much * 9), (300, much - 1), (300, much), (301, much), (599, much),
            (600, much),
        ]
        let answers = moments.map { seconds, free in release.isDue(free: free, at: start + .seconds(seconds)) }
        #expect(answers == [false, true, false, false, true, false, false, true])
    }
}
