from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "coremis.kernel.actions.tests.sample"
    label = "sample"
