enum PoolerConfigPlaceholder {}
