"""Everyone the merchant knows: profiles, identities and merges, organisations, the timeline."""
