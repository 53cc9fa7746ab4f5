"""The Django app that loads all plug-ins once every model is known."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Loads the plug-ins of all features; must be the last of the installed apps."""

    name = "wracam.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Import the plug-in files of every feature, and make the process fit for its work."""
        from wracam.foundation import features, memory

        features.load_plug_ins()
        memory.settle()
