"""The job of payee lists, stopped in the middle."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from coremis.kernel.files.models import Attachment
from coremis.kernel.files.storage import path_of
from coremis.kernel.jobs.models import Job
from coremis.kernel.jobs.worker import run_until_idle
from coremis.modules.payments import services
from coremis.modules.payments.models import TakenPaper
from coremis.modules.payments.services import papers
from coremis.modules.payments.services.papers import ListFormat
from coremis.modules.payments.tests.at_points import put
from coremis.modules.payments.tests.sample import calculated, everyone, make_programme, village
from coremis.modules.points.tests.sample import make_point

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The end of a process, which no handler of errors sees."""


def test_it_works(country, monkeypatch):
    """Pitfall P3: killed after the first file, the work goes on with the second; every list once, versions and copies unharmed."""
    (officer,) = everyone(country["Testland"], "officer")
    programme = make_programme()
    for name in ("Almond", "Beech", "Fig"):
        village(programme, country[name], 2)
    payroll = calculated(programme, [country["Testland"]], officer)
    for name in ("Almond", "Beech", "Fig"):
        put(payroll, make_point(country[name], name), country[name])
    monkeypatch.setattr(papers, "AT_ONCE", 1)
    monkeypatch.setattr(papers, "IN_A_CHUNK", 1)
    services.take_payee_list(payroll=payroll, file_format=ListFormat.ZIP, actor=officer)
    write, made = papers._written, []

    def dies_at_the_second(payroll, group, *more):
        if len(made) == 1:
            made.append("killed")
            raise Killed
        made.append(group[0][0].point.name)
        return write(payroll, group, *more)

    monkeypatch.setattr(papers, "_written", dies_at_the_second)
    with pytest.raises(Killed):
        run_until_idle()
    job = Job.objects.latest("pk")
    assert job.cursor["at"] == 1 and not TakenPaper.objects.exists()
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(minutes=5))
    run_until_idle()
    job.refresh_from_db()
    assert job.state == "DONE" and made == ["Almond", "killed", "Beech", "Fig"]
    assert list(TakenPaper.objects.values_list("number", "copy")) == [(1, 0)] * 3
    names = zipfile.ZipFile(io.BytesIO(path_of(Attachment.objects.get().sha256).read_bytes())).namelist()
    assert len(names) == len(set(names)) == 3
