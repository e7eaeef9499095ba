// swift-tools-version: 6.2
import PackageDescription

// A program that wants the client library and nothing else of Weir: it must build where the daemon's system libraries
// are missing. Not part of Weir's own package; script/test builds it.
let package = Package(
    name: "library-alone",
    dependencies: [.package(name: "weir", path: "../..")],
    targets: [
        .executableTarget(name: "alone", dependencies: [.product(name: "Weir", package: "weir")])
    ]
)
