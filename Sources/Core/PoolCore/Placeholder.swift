enum PoolCorePlaceholder {}
