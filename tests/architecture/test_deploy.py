"""What is copied to a server: the example for the proxy is taken by nginx, and says what the pages say."""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from tests.architecture.sources import ROOT

DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
LANGUAGES = ("en", "fr", "pt")


def example() -> str:
    return (DEPLOY / "nginx.conf.example").read_text(encoding="utf-8")


def test_it_works() -> None:
    """A file as large as the product takes passes the proxy, so that the product itself says what is too large."""
    (most,) = re.findall(r"client_max_body_size\s+(\d+)m;", example())
    assert int(most) > settings.COREMIS_MAX_UPLOAD_MB


def test_a_visitor_cannot_say_where_he_comes_from() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in example() and "proxy_add_x_forwarded_for" not in example()


def test_pages_of_the_proxy_are_there_in_every_language() -> None:
    named = set(re.findall(r"error_page [\d ]+/([\w-]+\.html);", example()))
    assert named == {page.name for page in (DEPLOY / "pages").iterdir()}
    for page in (DEPLOY / "pages").iterdir():
        assert set(re.findall(r'lang="(\w+)"', page.read_text(encoding="utf-8"))) == set(LANGUAGES), page.name


@pytest.mark.skipif(not NGINX, reason="nginx is not installed here")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    """With ports that anybody may use, and a certificate of its own; nothing is started."""
    certificate(tmp_path)
    text = re.sub(r"listen (\[::\]:)?(\d+)", lambda found: f"listen {found[1] or ''}1{int(found[2]):04}", example())
    text = text.replace("/etc/ssl/certs/mis.example.org.pem", f"{tmp_path}/own.pem").replace(
        "/etc/ssl/private/mis.example.org.key", f"{tmp_path}/own.key"
    )
    (tmp_path / "site").write_text(text)
    kept = "".join(f"{kind}_temp_path {tmp_path}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"error_log stderr; pid {tmp_path}/pid; events {{}} http {{ access_log off; {kept} include {tmp_path}/site; }}"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run([NGINX, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def certificate(folder: Path) -> None:
    """A key and a certificate for a day."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mis.example.org")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = made.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    (folder / "own.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "own.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain))
