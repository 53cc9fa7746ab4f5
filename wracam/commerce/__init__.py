"""Products, prices, orders, refunds and per-customer trade statistics, as the shop told us."""
