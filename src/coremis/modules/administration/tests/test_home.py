"""The home page of each seat, and the way to the first payroll."""

from datetime import timedelta

from django.utils import timezone

from coremis.kernel.access.models import Profile, User
from coremis.kernel.actions import triggers
from coremis.kernel.actions.guard import unguarded
from coremis.kernel.actions.models import Event
from coremis.kernel.actions.seals import seal_events
from coremis.kernel.actions.services import maintenance
from coremis.kernel.approvals.models import Request
from coremis.kernel.areas.models import Area
from coremis.kernel.jobs.models import Job, State
from coremis.kernel.jobs.queue import enqueue
from coremis.kernel.jobs.schedule import enqueue_due
from coremis.kernel.jobs.worker import run_until_idle
from coremis.kernel.testing.cast import make_user
from coremis.modules.administration import cards
from coremis.modules.administration.cards import worker_words
from coremis.modules.administration.tests.house import send, signed_in


def home(user):
    return signed_in(user).get("/").content.decode()


def test_it_works(people):
    """Whoever decides sees what waits: who asks, what, where and since when."""
    chosen = {"profile": Profile.objects.get(code="verifier").pk, "area": Area.objects.get(code="N1").pk}
    send(signed_in(people["ada"]), f"/administration/users/{people['data'].pk}/assign/", **chosen)
    page = home(people["bela"])
    assert "To decide" in page and "Assign a profile to a user" in page and "Ada" in page
    assert "Nothing waits for your decision." in home(people["approver"])
    assert "To decide" not in home(people["data"])


def test_what_a_request_would_do_is_not_worked_out_at_every_visit(people, monkeypatch):
    """The preview of a national payroll takes seconds; another reader, another language and a changed request are asked anew."""
    chosen = {"profile": Profile.objects.get(code="verifier").pk, "area": Area.objects.get(code="N1").pk}
    send(signed_in(people["ada"]), f"/administration/users/{people['data'].pk}/assign/", **chosen)
    asked = []
    monkeypatch.setattr(cards, "what_was_asked", lambda row, reader: asked.append(reader) or {"preview": {"count": 4321}})
    pages = [home(people["bela"]) for _visit in range(3)]
    assert all("4,321" in page for page in pages) and len(asked) == 1
    with maintenance("changed"):
        waiting = Request.objects.get()
        waiting.note = "as the decree says"
        waiting.save()
    home(people["bela"])
    assert len(asked) == 2


def test_the_checklist_goes_when_all_is_done(people):
    User.objects.filter(username="ada").update(must_change_password=False)
    page = home(people["ada"])
    assert "The way to the first payroll" in page and 'class="is-done"' in page and "/administration/work/" in page
    assert "The way to the first payroll" not in home(people["auditor"]).replace("jobs.view_job", "") or "worker" in home(people["auditor"])
    enqueue("administration.verify_history")
    run_until_idle()
    assert "Start the worker" not in home(people["data"])
    assert '<a href="/administration/work/">Start the worker' not in home(people["ada"])


def test_the_installation_in_figures(people):
    Job.objects.filter(pk=enqueue("administration.verify_history").pk).update(state=State.FAILED)
    User.objects.filter(pk=people["data"].pk).update(locked_until=timezone.now() + timedelta(minutes=9))
    page = home(people["it"])
    for words in ("Version", "Worker", "has not run yet", "Failed work", "Locked users", "Look at the failed work"):
        assert words in page, words
    assert "This installation" not in home(people["auditor"])


def test_the_worker_is_alive_or_silent(people):
    job = enqueue("administration.verify_history")
    run_until_idle()
    assert worker_words().startswith("alive")
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=3))
    assert worker_words().startswith("silent since")


def test_a_dead_worker_is_noticed_by_the_work_that_waits(people):
    """Not only when the hourly sealing is overdue: somebody's import may be waiting since ten minutes."""
    enqueue("administration.verify_history")
    run_until_idle()
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=20))
    assert worker_words().startswith("alive")
    waiting = enqueue("administration.verify_history")
    assert worker_words().startswith("alive")
    Job.objects.filter(pk=waiting.pk).update(not_before=timezone.now() - timedelta(minutes=11))
    assert worker_words().startswith("silent since")


def test_the_history_is_proved_every_night(people, settings, tmp_path):
    """pitfall A1: what was changed behind the product's back is found, named and shown."""
    settings.DATA_DIR = tmp_path
    seal_events()
    assert "administration.verify_history" in {job.kind for job in enqueue_due()}
    run_until_idle()
    assert "everything is as it was sealed" in home(people["auditor"])
    tampered(Event.objects.filter(action="access.create_user").first())
    job = enqueue("administration.verify_history", actor_id=people["auditor"].pk)
    run_until_idle()
    assert "1 entries are not as they were sealed" in home(people["auditor"])
    page = signed_in(people["auditor"]).get(f"/administration/work/{job.pk}/").content.decode()
    assert "was changed, or inserted by something else" in page
    partly = make_user("north-auditor", area=Area.objects.get(code="N"), profile=Profile.objects.get(code="auditor"))
    assert "Proof of the history" not in home(partly)


def test_changed_access_leads_to_its_list(people):
    page = home(people["auditor"])
    address = page.split("<dt>Access</dt>")[1].split('href="/administration/history/?')[1].split('"')[0].replace("&amp;", "&")
    listed = signed_in(people["auditor"]).get(f"/administration/history/?{address}").content.decode()
    assert "Changed in thirty days" in page and "Create a user" in listed


def tampered(event):
    triggers.remove()
    with unguarded("tampering"):
        Event.objects.filter(pk=event.pk).update(actor_name="nobody")
    triggers.install_after_migrate()
