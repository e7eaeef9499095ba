import PGWire
import SeededChance
import Testing

@Suite struct WireReaderTests {
    @Test func fieldsAreReadInOrder() throws {
        var reader = WireReader([7, 0xff, 0xfe, 0x80, 0, 0, 1, 0x61, 0, 0, 1, 2, 3])
        #expect(try reader.byte() == 7)
        #expect(try reader.int16() == -2)
        #expect(try reader.int32() == Int32.min + 1)
        #expect(try reader.cString() == "a")
        #expect(try reader.cStringBytes() == [])
        #expect(try reader.bytes(2) == [1, 2])
        #expect(reader.remaining == 1)
        #expect(reader.rest() == [3])
        #expect(reader.isAtEnd)
        #expect(reader.rest() == [])
        #expect(try reader.bytes(0) == [])
    }

    @Test func nothingIsReadPastTheEnd() {
        for count in 0..<4 {
            let body = Array(repeating: UInt8(1), count: count)
            var reader = WireReader(body)
            #expect(throws: WireError.truncated) { try reader.int32() }
            #expect(throws: WireError.truncated) { try reader.bytes(count + 1) }
            #expect(throws: WireError.truncated) { try reader.bytes(-1) }
            #expect(throws: WireError.truncated) { try reader.bytes(Int.max) }
            #expect(throws: WireError.unterminatedString) { try reader.cStringBytes() }
            if count < 2 { #expect(throws: WireError.truncated) { try reader.int16() } }
            if count < 1 { #expect(throws: WireError.truncated) { try reader.byte() } }
            // A field that could not be read is not skipped.
            #expect(reader.rest() == body)
        }
    }

    @Test(arguments: [[0xff, 0], [0xc0, 0x80, 0], [0xed, 0xa0, 0x80, 0], [0xe2, 0x82, 0]] as [[UInt8]])
    func namesThatAreNotUTF8AreRefused(_ bytes: [UInt8]) {
        var reader = WireReader(bytes)
        #expect(throws: WireError.invalidUTF8) { try reader.cString() }
    }

    @Test func randomBytesNeverTrapADecoder() {
        var random = SplitMix64(seed: 7)
        var decoded = 0
        for _ in 0..<10_000 {
            // Bytes that are frequent in messages.
            var body: [UInt8] = []
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                let common: [UInt8] = [0, 0, 0, 1, 3, 5, 10, 0x41, 0xff]
                body.append(common.randomElement(using: &random) ?? 0)
                if random.next() % 4 == 0 { body.append(UInt8(truncatingIfNeeded: random.next())) }
            }
            if (try? ErrorFields(body: body)) != nil { decoded += 1 }
            if (try? Authentication(body: body)) != nil { decoded += 1 }
            if (try? ParameterStatus(body: body)) != nil { decoded += 1 }
            if (try? SASLInitialResponse(body: body)) != nil { decoded += 1 }
            if (try? StartupPacket(body)) != nil { decoded += 1 }
            if (try? StartupPacket.length(of: body)) != nil { decoded += 1 }
            let length = UInt8(truncatingIfNeeded: body.count + 8)
            if (try? StartupPacket([0, 0, 0, length, 0, 3, 0, 0] + body)) != nil { decoded += 1 }
        }
        #expect(decoded > 1_000)
    }
}
