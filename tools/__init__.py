"""Tools for developers of Wracam: translations, reference, cases, new features."""
