"""Behind a proxy the product knows who asks; anybody else who says so is not believed."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from coremis.project import wsgi


def seen_from(remote: str, forwarded: str) -> str:
    """The address that the product would note."""
    asked = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    wrap_wsgi_with_proxy_headers(lambda scope, _answer: None, trusted_hosts=settings.COREMIS_PROXIES)(asked, None)
    return asked["REMOTE_ADDR"]


def test_it_works() -> None:
    assert wsgi.application.__wrapped__.__class__ is get_wsgi_application().__class__
    assert seen_from("127.0.0.1", "203.0.113.7") == "203.0.113.7"


def test_a_stranger_is_not_believed() -> None:
    """Neither straight, nor by a header that passes through the proxy: the last address before it counts."""
    assert seen_from("198.51.100.9", "203.0.113.7") == "198.51.100.9"
    assert seen_from("127.0.0.1", "10.0.0.1, 203.0.113.7") == "203.0.113.7"
