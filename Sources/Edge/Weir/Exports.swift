// One import gives the whole client: its values, its connection options and itself.
@_exported public import PGConnInfo
@_exported public import PGTypes
@_exported public import PGTypesFoundation
