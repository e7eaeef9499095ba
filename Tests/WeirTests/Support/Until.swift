import Testing

/// Waits for something that no call reports, asking again every millisecond. It gives up after a minute, which even a
/// very busy machine does not need.
func until(_ what: Comment, _ isSo: () async throws -> Bool) async throws {
    let clock = ContinuousClock(), start = clock.now
    while try await !isSo() {
        try #require(clock.now - start < .seconds(60), what)
        try await Task.sleep(for: .milliseconds(1))
    }
}
