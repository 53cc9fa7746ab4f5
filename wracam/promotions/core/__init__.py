"""Pure decisions about carts: offers as data, unit classes, effects, the search, taxes."""
