extension UInt8 {
    /// C's `isspace` in the C locale.
    var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

    /// C's `isblank` in the C locale.
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension ArraySlice<UInt8> {
    func trimmingSpace() -> ArraySlice<UInt8> {
        var slice = drop(while: \.isSpace)
        while let last = slice.last, last.isSpace { slice.removeLast() }
        return slice
    }
}
