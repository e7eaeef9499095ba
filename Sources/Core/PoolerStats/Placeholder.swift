enum PoolerStatsPlaceholder {}
