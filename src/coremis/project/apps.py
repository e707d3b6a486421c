from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "coremis.project"
    label = "project"
