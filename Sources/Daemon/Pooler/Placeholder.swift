enum PoolerPlaceholder {}
