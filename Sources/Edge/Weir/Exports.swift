// One import gives the whole client: its values, its connection options, what servers say, and itself.
@_exported public import PGConnInfo
@_exported public import PGSession
@_exported public import PGTypes
@_exported public import PGTypesFoundation
