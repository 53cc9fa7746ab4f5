"""Cart promotions: one deterministic engine that finds the best lawful price and can say why."""
