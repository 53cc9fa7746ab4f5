"""The shell of the web components that shops place in their pages."""
