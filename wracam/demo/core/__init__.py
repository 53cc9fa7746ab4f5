"""The life of the shop zielnik, computed from a seed and a moment: nothing here knows Django or a database."""
