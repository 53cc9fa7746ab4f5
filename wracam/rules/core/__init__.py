"""Pure parts of the rule language: reading, judging, compiling to SQL, and saying conditions in words."""
