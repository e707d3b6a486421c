from django.urls import include, path

from coremis.kernel.screens.tests.sample_urls import urlpatterns as good
from coremis.kernel.testing.tests.test_check_module import BAD

urlpatterns = [path("bad/", include((BAD, "bad"))), *good]
