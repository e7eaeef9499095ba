import Foundation
import Synchronization
import Testing
import Weir

/// A thousand tasks share ten connections, while tasks are cancelled, server processes killed and PostgreSQL restarted.
///
/// `WEIR_SOAK_SEED` repeats the choices of a run, as far as they are not PostgreSQL's and the scheduler's;
/// `WEIR_SOAK_SECONDS` makes it go on for so long, where it otherwise asks a fixed number of questions.
@Suite(.onlyDirectly) struct SoakTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seed = environment["WEIR_SOAK_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
    private static let seconds = environment["WEIR_SOAK_SECONDS"].flatMap { Int($0) }

    @Test func `Every caller gets the right answer, and no connection or row is left over`() async throws {
        print("soak: seed \(Self.seed)")
        let postgres = try await Starting.wait { try SoakServer() }
        do {
            let soak = try await Soak(postgres, seed: Self.seed, seconds: Self.seconds)
            try await soak.run()
            if Self.seconds != nil { print("soak: \(soak.log.done) questions\n\(soak.log.summary)") }
            let faults = soak.log.faults
            #expect(
                faults.count == 0, "seed \(Self.seed): \(faults.first.joined(separator: "\n"))\n\(soak.log.summary)")
        } catch {
            await postgres.stop()
            throw error
        }
        await postgres.stop()
    }
}
