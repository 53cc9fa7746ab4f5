"""The condition language: attributes and effects by name, two interpreters, an explainer, sentences."""
