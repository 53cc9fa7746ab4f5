"""Pure parts of definitions: checking documents, comparing them, and writing them as YAML."""
