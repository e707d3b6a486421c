from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "coremis.kernel.areas"

    def ready(self) -> None:
        """Give the actions a way to say where somebody holds a right."""
        from coremis.kernel.actions import system
        from coremis.kernel.areas import places, services  # noqa: F401

        system.make_places[:] = [places.AreaPlaces]
