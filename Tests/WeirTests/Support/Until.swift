import Testing

/// Waits for a state that no call reports, checking every few milliseconds.
///
/// It gives up after two minutes: a test that fails for that reason has found a fault, not a busy machine.
func until(_ what: Comment, _ isSo: () async throws -> Bool) async throws {
    let clock = ContinuousClock(), start = clock.now
    while try await !isSo() {
        try #require(clock.now - start < .seconds(120), what)
        try await Task.sleep(for: .milliseconds(5))
    }
}

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that hangs. The limit is many times what any test needs on a busy machine.
    static var limited: Self { .timeLimit(.minutes(10)) }
}
