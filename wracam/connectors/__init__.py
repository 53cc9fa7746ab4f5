"""One folder per outside system; each translates what that system says into our words."""
