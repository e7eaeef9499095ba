// A single import provides the whole client: values, connection options, the server's messages, and the library itself.
@_exported public import PGConnInfo
@_exported public import PGSession
@_exported public import PGTypes
@_exported public import PGTypesFoundation
