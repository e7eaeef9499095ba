/// The names of PostgreSQL's built-in types and the relations between them; 0 where there is none.
///
/// Source: pg_type and pg_range of PostgreSQL 18.
enum WellKnownTypes {
    static func name(of oid: UInt32) -> String? {
        switch oid {
        case 16: "bool"
        case 17: "bytea"
        case 18: "\"char\""
        case 19: "name"
        case 20: "int8"
        case 21: "int2"
        case 22: "int2vector"
        case 23: "int4"
        case 24: "regproc"
        case 25: "text"
        case 26: "oid"
        case 27: "tid"
        case 28: "xid"
        case 29: "cid"
        case 30: "oidvector"
        case 114: "json"
        case 142: "xml"
        case 600: "point"
        case 601: "lseg"
        case 602: "path"
        case 603: "box"
        case 604: "polygon"
        case 628: "line"
        case 650: "cidr"
        case 700: "float4"
        case 701: "float8"
        case 705: "unknown"
        case 718: "circle"
        case 774: "macaddr8"
        case 790: "money"
        case 829: "macaddr"
        case 869: "inet"
        case 1033: "aclitem"
        case 1042: "bpchar"
        case 1043: "varchar"
        case 1082: "date"
        case 1083: "time"
        case 1114: "timestamp"
        case 1184: "timestamptz"
        case 1186: "interval"
        case 1266: "timetz"
        case 1560: "bit"
        case 1562: "varbit"
        case 1700: "numeric"
        case 1790: "refcursor"
        case 2202: "regprocedure"
        case 2203: "regoper"
        case 2204: "regoperator"
        case 2205: "regclass"
        case 2206: "regtype"
        case 2249: "record"
        case 2275: "cstring"
        case 2278: "void"
        case 2950: "uuid"
        case 2970: "txid_snapshot"
        case 3220: "pg_lsn"
        case 3614: "tsvector"
        case 3615: "tsquery"
        case 3734: "regconfig"
        case 3769: "regdictionary"
        case 3802: "jsonb"
        case 3904: "int4range"
        case 3906: "numrange"
        case 3908: "tsrange"
        case 3910: "tstzrange"
        case 3912: "daterange"
        case 3926: "int8range"
        case 4072: "jsonpath"
        case 4089: "regnamespace"
        case 4096: "regrole"
        case 4191: "regcollation"
        case 4451: "int4multirange"
        case 4532: "nummultirange"
        case 4533: "tsmultirange"
        case 4534: "tstzmultirange"
        case 4535: "datemultirange"
        case 4536: "int8multirange"
        case 5038: "pg_snapshot"
        case 5069: "xid8"
        default: nil
        }
    }

    static func array(of oid: UInt32) -> UInt32 {
        switch oid {
        case 16: 1000
        case 17: 1001
        case 18: 1002
        case 19: 1003
        case 20: 1016
        case 21: 1005
        case 22: 1006
        case 23: 1007
        case 24: 1008
        case 25: 1009
        case 26: 1028
        case 27: 1010
        case 28: 1011
        case 29: 1012
        case 30: 1013
        case 114: 199
        case 142: 143
        case 600: 1017
        case 601: 1018
        case 602: 1019
        case 603: 1020
        case 604: 1027
        case 628: 629
        case 650: 651
        case 700: 1021
        case 701: 1022
        case 718: 719
        case 774: 775
        case 790: 791
        case 829: 1040
        case 869: 1041
        case 1033: 1034
        case 1042: 1014
        case 1043: 1015
        case 1082: 1182
        case 1083: 1183
        case 1114: 1115
        case 1184: 1185
        case 1186: 1187
        case 1266: 1270
        case 1560: 1561
        case 1562: 1563
        case 1700: 1231
        case 1790: 2201
        case 2202: 2207
        case 2203: 2208
        case 2204: 2209
        case 2205: 2210
        case 2206: 2211
        case 2249: 2287
        case 2275: 1263
        case 2950: 2951
        case 2970: 2949
        case 3220: 3221
        case 3614: 3643
        case 3615: 3645
        case 3734: 3735
        case 3769: 3770
        case 3802: 3807
        case 3904: 3905
        case 3906: 3907
        case 3908: 3909
        case 3910: 3911
        case 3912: 3913
        case 3926: 3927
        case 4072: 4073
        case 4089: 4090
        case 4096: 4097
        case 4191: 4192
        case 4451: 6150
        case 4532: 6151
        case 4533: 6152
        case 4534: 6153
        case 4535: 6155
        case 4536: 6157
        case 5038: 5039
        case 5069: 271
        default: 0
        }
    }

    static func element(of oid: UInt32) -> UInt32 {
        switch oid {
        case 1000: 16
        case 1001: 17
        case 1002: 18
        case 1003: 19
        case 1016: 20
        case 1005: 21
        case 1006: 22
        case 1007: 23
        case 1008: 24
        case 1009: 25
        case 1028: 26
        case 1010: 27
        case 1011: 28
        case 1012: 29
        case 1013: 30
        case 199: 114
        case 143: 142
        case 1017: 600
        case 1018: 601
        case 1019: 602
        case 1020: 603
        case 1027: 604
        case 629: 628
        case 651: 650
        case 1021: 700
        case 1022: 701
        case 719: 718
        case 775: 774
        case 791: 790
        case 1040: 829
        case 1041: 869
        case 1034: 1033
        case 1014: 1042
        case 1015: 1043
        case 1182: 1082
        case 1183: 1083
        case 1115: 1114
        case 1185: 1184
        case 1187: 1186
        case 1270: 1266
        case 1561: 1560
        case 1563: 1562
        case 1231: 1700
        case 2201: 1790
        case 2207: 2202
        case 2208: 2203
        case 2209: 2204
        case 2210: 2205
        case 2211: 2206
        case 2287: 2249
        case 1263: 2275
        case 2951: 2950
        case 2949: 2970
        case 3221: 3220
        case 3643: 3614
        case 3645: 3615
        case 3735: 3734
        case 3770: 3769
        case 3807: 3802
        case 3905: 3904
        case 3907: 3906
        case 3909: 3908
        case 3911: 3910
        case 3913: 3912
        case 3927: 3926
        case 4073: 4072
        case 4090: 4089
        case 4097: 4096
        case 4192: 4191
        case 6150: 4451
        case 6151: 4532
        case 6152: 4533
        case 6153: 4534
        case 6155: 4535
        case 6157: 4536
        case 5039: 5038
        case 271: 5069
        case 22: 21  // int2vector, an array on the wire
        case 30: 26  // oidvector
        default: 0
        }
    }

    /// The range type over a type.
    static func range(of oid: UInt32) -> UInt32 {
        switch oid {
        case 20: 3926
        case 23: 3904
        case 1082: 3912
        case 1114: 3908
        case 1184: 3910
        case 1700: 3906
        default: 0
        }
    }

    /// The type of a range's bounds.
    static func bound(of oid: UInt32) -> UInt32 {
        switch oid {
        case 3904: 23
        case 3906: 1700
        case 3908: 1114
        case 3910: 1184
        case 3912: 1082
        case 3926: 20
        default: 0
        }
    }

    /// The multirange type of a range type.
    static func multirange(of oid: UInt32) -> UInt32 {
        switch oid {
        case 3926: 4536
        case 3904: 4451
        case 3912: 4535
        case 3908: 4533
        case 3910: 4534
        case 3906: 4532
        default: 0
        }
    }

    /// The range type of a multirange type.
    static func range(ofMultirange oid: UInt32) -> UInt32 {
        switch oid {
        case 4536: 3926
        case 4451: 3904
        case 4535: 3912
        case 4533: 3908
        case 4534: 3910
        case 4532: 3906
        default: 0
        }
    }
}
