import Testing

/// The promises of the whole pooler: no client sees a byte of another's answer, no limit is exceeded, nobody waits for
/// ever, everything is given back.
@Suite struct PoolerSimulationTests {
    @Test(arguments: Seeds.list(usually: 1_000))
    func everyHistoryKeepsThePromises(_ seed: UInt64) throws {
        let simulation = try PoolerSimulation(seed: seed)
        Seeds.report(simulation.run(), seed: seed, test: "everyHistoryKeepsThePromises")
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func aSeedGivesTheSameHistoryAgain(_ seed: UInt64) throws {
        let first = try PoolerSimulation(seed: seed)
        let second = try PoolerSimulation(seed: seed)
        #expect(first.run() == second.run())
        #expect(first.history.value == second.history.value)
    }
}
