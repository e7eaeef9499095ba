import MonotonicTime
import Pooler
import Testing

@Suite struct MemoryReleaseTests {
    @Test func muchIsReleasedAtOnceAndThenSeldom() {
        var release = MemoryRelease()
        let start = Instant(nanoseconds: 1_000)
        let much = MemoryRelease.least
        #expect(!release.isDue(free: much - 1, at: start))
        #expect(release.isDue(free: much, at: start))
        #expect(!release.isDue(free: much * 9, at: start + .seconds(299)))
        #expect(!release.isDue(free: much - 1, at: start + .seconds(300)))
        #expect(release.isDue(free: much, at: start + .seconds(300)))
        #expect(!release.isDue(free: much, at: start + .seconds(301)))
    }
}
