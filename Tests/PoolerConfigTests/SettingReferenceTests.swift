import Foundation
import PoolerConfig
import Testing

@Suite("The reference page of settings")
struct SettingReferenceTests {
    static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/settings.md")

    /// Run with `WEIR_UPDATE_DOCS=1` in the environment to write the page again.
    @Test func isTheOneInTheRepository() throws {
        let markdown = SettingReference.markdown()
        if ProcessInfo.processInfo.environment["WEIR_UPDATE_DOCS"] == "1" {
            try Data(markdown.utf8).write(to: Self.page)
        }
        let committed = try String(contentsOf: Self.page, encoding: .utf8)
        #expect(committed == markdown, "docs/settings.md is stale; run the tests with WEIR_UPDATE_DOCS=1")
    }

    @Test func hasALineForEverySetting() {
        let lines = SettingReference.markdown().split(separator: "\n")
        for row in SettingTable.rows {
            let own = lines.filter { $0.hasPrefix("| `\(row.name)` |") }
            #expect(own.count == 1)
            #expect(own.allSatisfy { $0.contains(row.summary) && $0.contains("not yet") == !row.isActedOn })
            #expect(own.allSatisfy { $0.split(separator: "|").count == 5 })
        }
    }
}
