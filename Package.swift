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
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"), .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let serverEcosystem: [Target.Dependency] = [
    .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
    .product(name: "Tracing", package: "swift-distributed-tracing"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
]
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

// The rooms. An arrow may only point down this list: Tools > Daemon > Edge > Core.
// A target sees what its own line names and nothing else, so a wrong arrow does not compile.

func core(_ name: String, _ dependencies: [Target.Dependency] = [], features: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Core/\(name)",
        swiftSettings: house + features.map { .enableExperimentalFeature($0) })
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

/// Swift 6 mode as a new package has it: what users of the library compile with.
let plain: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// A user of the library: sees what is public, and nothing else.
func example(_ name: String, _ dependencies: [Target.Dependency], path: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["Weir"] + dependencies, path: path, exclude: ["README.md"], packageAccess: false,
        swiftSettings: plain)
}

let package = Package(
    name: "weir",
    products: [
        .executable(name: "weir", targets: ["WeirCommand"]),
        .library(name: "Weir", targets: ["Weir"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // For the examples alone; who depends on the library does not fetch it.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        core("MonotonicTime"),
        core("SeededChance"),
        core("PGWire"),
        core("PGAuth", [crypto, cryptoExtras]),
        core("PGConnInfo"),
        core("PGTypes", features: ["Lifetimes"]),
        core(
            "PGSession", ["PGWire", "PGAuth", "PGConnInfo", "PGTypes", "SeededChance", collections],
            features: ["Lifetimes"]),
        core("PoolCore", ["MonotonicTime", collections]),
        core("RelayCore", ["PGWire", "MonotonicTime", collections]),
        core("PoolerConfig"),
        core("LoginCore", ["PGWire", "PGAuth", "RelayCore", "PoolerConfig"]),
        core("PoolerStats", ["MonotonicTime"]),
        core("AdminConsole", ["PGWire", "PoolerStats"]),
        core("LoadPlan", ["MonotonicTime", "SeededChance"]),

        .target(name: "CLinux", path: "Sources/Edge/CLinux"),
        .systemLibrary(
            name: "CLiburing", path: "Sources/Edge/CLiburing", pkgConfig: "liburing",
            providers: [.apt(["liburing-dev"])]),
        edge("IOEngine", ["MonotonicTime", "SeededChance", "CLinux", "CLiburing"]),
        edge("DevPostgres", ["PGConnInfo", "CLinux"]),
        edge("ConnInfoFiles", ["PGConnInfo"]),
        edge("PGTypesFoundation", ["PGTypes"]),
        edge(
            "Weir",
            [
                "MonotonicTime", "PGWire", "PGAuth", "PGConnInfo", "ConnInfoFiles", "PGTypes", "PGTypesFoundation",
                "PGSession", "PoolCore", "SeededChance", collections,
            ] + nio + serverEcosystem),

        daemon(
            "Pooler",
            [
                "MonotonicTime", "PGWire", "PGAuth", "PoolCore", "RelayCore", "PoolerConfig", "PoolerStats",
                "LoginCore", "AdminConsole", "IOEngine", "CLinux", collections,
            ]),

        .target(
            name: "LoadGenerator",
            dependencies: [
                "LoadPlan", "MonotonicTime", "PGWire", "PGAuth", "PGConnInfo", "ConnInfoFiles", "IOEngine", "CLinux",
                collections,
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

        // What the client library takes for requests, rows and values, as its users see it.
        .executableTarget(
            name: "clientbench", dependencies: ["Weir"], path: "Benchmarks/ClientBench", exclude: ["peers.py"],
            packageAccess: false, swiftSettings: plain),
        example(
            "todo-service",
            [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"), argumentParser,
            ], path: "Examples/TodoService"),
        example(
            "csv-import", [.product(name: "UnixSignals", package: "swift-service-lifecycle"), argumentParser],
            path: "Examples/Importer"),
        // The code of the library's articles.
        .target(
            name: "Articles",
            dependencies: [
                "Weir", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], path: "Tests/Articles", packageAccess: false, swiftSettings: plain),

        tests("PGWireTests", ["PGWire", "SeededChance"]),
        tests("PGAuthTests", ["PGAuth", "SeededChance"]),
        tests("PGConnInfoTests", ["PGConnInfo"]),
        tests("ConnInfoFilesTests", ["ConnInfoFiles", "PGConnInfo"]),
        tests("PGTypesTests", ["PGTypes", "PGTypesFoundation"]),
        tests("PGSessionTests", ["PGSession", "PGWire", "PGAuth", "PGConnInfo", "PGTypes", "SeededChance"]),
        // The tests of the client library: WeirOfflineTests needs no server and no clock, WeirTests a PostgreSQL.
        // script/test runs the first with the tests of the other modules that compute, and the second alone.
        .target(
            name: "WeirTestSupport", dependencies: serverEcosystem, path: "Tests/WeirTestSupport",
            swiftSettings: house),
        tests(
            "WeirOfflineTests",
            ["Weir", "WeirTestSupport", "PGConnInfo", "PGSession", "SeededChance"] + serverEcosystem),
        tests(
            "WeirTests",
            [
                "Weir", "WeirTestSupport", "Articles", "PGSession", "PGWire", "PoolCore", "MonotonicTime",
                "DevPostgres", "SeededChance",
            ] + nio + serverEcosystem),
        tests("PoolCoreTests", ["PoolCore", "MonotonicTime", "SeededChance"]),
        tests("RelayCoreTests", ["RelayCore", "PGWire", "SeededChance"]),
        tests("LoginCoreTests", ["LoginCore", "PGWire", "PGAuth", "RelayCore", "PoolerConfig", "SeededChance"]),
        tests("PoolerConfigTests", ["PoolerConfig", "SeededChance"]),
        tests("PoolerStatsTests", ["PoolerStats", "MonotonicTime"]),
        tests("AdminConsoleTests", ["AdminConsole", "PGWire", "PoolerStats", "SeededChance"]),
        tests("LoadPlanTests", ["LoadPlan", "MonotonicTime"]),
        tests(
            "LoadGeneratorTests",
            ["LoadGenerator", "LoadPlan", "MonotonicTime", "PGWire", "PGAuth", "PGConnInfo", "IOEngine"]),
        tests("IOEngineTests", ["IOEngine", "MonotonicTime", "CLinux"]),
        tests("DevPostgresTests", ["DevPostgres", "WeirTestSupport"]),
        tests("PoolerTests", ["Pooler", "MonotonicTime", "SeededChance"]),
        tests("Simulation", ["IOEngine", "PGWire", "PGAuth", "MonotonicTime", "Pooler", "PoolCore", "PoolerConfig"]),
    ]
)
