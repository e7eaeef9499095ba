// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, strict memory safety, no warnings, no import that is not declared.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

// The rooms. An arrow may only point down this list: Tools > Daemon > Edge > Core.
// A target sees what its own line names and nothing else, so a wrong arrow does not compile.

func core(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Core/\(name)", swiftSettings: house)
}

func edge(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Edge/\(name)", swiftSettings: house)
}

func daemon(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Daemon/\(name)", swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: path ?? "Tests/\(name)", swiftSettings: house)
}

let package = Package(
    name: "weir",
    products: [
        .executable(name: "weir", targets: ["WeirCommand"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        core("MonotonicTime"),
        core("SeededChance"),
        core("PGWire"),
        core("PGAuth", [crypto, cryptoExtras]),
        core("PGConnInfo"),
        core("PoolCore", ["MonotonicTime", collections]),
        core("RelayCore", ["PGWire", "MonotonicTime"]),
        core("PoolerConfig"),
        core("PoolerStats", ["MonotonicTime"]),
        core("AdminConsole", ["PGWire", "PoolerStats"]),
        core("LoadPlan", ["MonotonicTime", "SeededChance"]),

        .target(name: "CLinux", path: "Sources/Edge/CLinux"),
        .systemLibrary(
            name: "CLiburing", path: "Sources/Edge/CLiburing", pkgConfig: "liburing", providers: [.apt(["liburing-dev"])]),
        edge("IOEngine", ["MonotonicTime", "SeededChance", "CLinux", "CLiburing"]),
        edge("DevPostgres", ["PGConnInfo"]),

        daemon(
            "Pooler",
            [
                "MonotonicTime", "PGWire", "PGAuth", "PoolCore", "RelayCore", "PoolerConfig", "PoolerStats",
                "AdminConsole", "IOEngine", "CLinux", collections,
            ]),

        .target(
            name: "LoadGenerator",
            dependencies: [
                "LoadPlan", "MonotonicTime", "PGWire", "PGAuth", "PGConnInfo", "IOEngine", "CLinux", collections,
            ],
            path: "Sources/Tools/LoadGenerator", swiftSettings: house),
        .executableTarget(
            name: "WeirCommand",
            dependencies: [
                "Pooler", "AdminConsole", "DevPostgres", "PGConnInfo", "LoadGenerator", "LoadPlan", argumentParser,
            ],
            path: "Sources/Tools/WeirCommand", swiftSettings: house),

        // What script/bench calls the floor.
        .executableTarget(
            name: "forwarder", dependencies: ["IOEngine", argumentParser],
            path: "Benchmarks/Forwarder", swiftSettings: house),

        tests("PGWireTests", ["PGWire", "SeededChance"]),
        tests("PGAuthTests", ["PGAuth", "SeededChance"]),
        tests("PGConnInfoTests", ["PGConnInfo"]),
        tests("PoolCoreTests", ["PoolCore", "MonotonicTime", "SeededChance"]),
        tests("RelayCoreTests", ["RelayCore", "PGWire", "SeededChance"]),
        tests("PoolerConfigTests", ["PoolerConfig", "SeededChance"]),
        tests("PoolerStatsTests", ["PoolerStats", "MonotonicTime"]),
        tests("AdminConsoleTests", ["AdminConsole", "PGWire", "PoolerStats", "SeededChance"]),
        tests("LoadPlanTests", ["LoadPlan", "MonotonicTime"]),
        tests(
            "LoadGeneratorTests",
            ["LoadGenerator", "LoadPlan", "MonotonicTime", "PGWire", "PGAuth", "PGConnInfo", "IOEngine"]),
        tests("IOEngineTests", ["IOEngine", "MonotonicTime", "CLinux"]),
        tests("DevPostgresTests", ["DevPostgres"]),
        tests("Simulation", ["IOEngine", "PGWire", "MonotonicTime", "Pooler", "PoolCore", "PoolerConfig"]),
    ]
)
