"""Pure values that every floor uses: money, allocation, periods, ids, registries, language and text."""
