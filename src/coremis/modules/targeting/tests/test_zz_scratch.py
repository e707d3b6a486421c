import random, pytest
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from coremis.kernel.base.refusal import Refusal
from coremis.kernel.testing.cast import build_country, make_user
from coremis.kernel.actions.services import maintenance
from coremis.kernel.actions.action import ACTIONS
from coremis.modules.targeting import services
from coremis.modules.targeting.models import *
from coremis.modules.targeting.services.campaigns import Ladder
from coremis.modules.targeting.tests.sample import *
from coremis.modules.targeting.tests.sample import set_stage, carry_out, give_quota, stage_of, outcomes, everything, make_campaign, make_formula, work, approved, many_households, make_programme
pytestmark = pytest.mark.django_db

@pytest.mark.parametrize("seed", range(9))
def test_fuzz(seed):
    rnd = random.Random(seed)
    land = build_country()
    villages = [land["Almond"], land["Beech"]]
    for v in villages: many_households(v, 9)
    campaign = make_campaign(make_programme(), *villages, ladder=Ladder.SCORE)
    formula = make_formula()
    for kind in rnd.choices(["QUOTA","VALIDATION","SCORING","APPEALS","CATEGORICAL","ENUMERATION"], k=2):
        services.add_stage(campaign=campaign, stage_kind=Kind(kind), actor=everything())
    for stage in list(campaign.stages.all()):
        s = dict(stage.settings)
        if stage.kind == "SCORING": s |= {"formula": formula.pk}
        if stage.kind == "VALIDATION": s |= {"silence": rnd.random() < .5}
        if stage.kind == "CATEGORICAL": s |= {"code":"r%s"%stage.pk,"effect":"FIRST","condition":"size > 4"}
        try: services.set_stage(stage=stage, settings=s, actor=everything())
        except Refusal as e: print("set", stage.kind, e, getattr(e,"errors",None))
        if stage.kind == "QUOTA":
            services.set_quotas(stage=stage, places={str(v.pk): rnd.randint(1,6) for v in villages}, multiplier=rnd.choice(["2","","1.5"]), actor=everything())
    for _ in range(12):
        stage = rnd.choice(list(campaign.stages.all()))
        try: services.move_stage(stage=stage, earlier=rnd.random()<.5, actor=everything())
        except Refusal as e: pass
    user = make_user("boss", *[n for n in ACTIONS if n.startswith(("targeting.","programmes.","validation."))], "targeting.view_campaign","targeting.view_stageentry","targeting.view_stagerun","programmes.view_enrolment","programmes.view_programme","registry.view_household","scoring.view_score","validation.view_meeting","targeting.view_appeal","targeting.view_quota","targeting.view_stage", area=land["Testland"])
    client = Client(); client.force_login(user)
    print(seed, [s.kind for s in campaign.stages.order_by("position")])
    run = None
    for turn in range(2):
        for stage in list(campaign.stages.order_by("position")):
            stage.refresh_from_db()
            if stage.state in ("DONE","SKIPPED"): continue
            if stage.kind != "LISTING" and rnd.random() < .15:
                services.skip_stage(stage=stage, actor=everything()); print("  skip", stage.kind); continue
            try:
                run = carry_out_stage(stage)
            except Refusal as e:
                print("  refused", stage.kind, e, getattr(e,"errors",""))
                services.skip_stage(stage=stage, actor=everything()); continue
            if run.state == "OPEN" and stage.kind == "VALIDATION":
                es = list(StageEntry.objects.filter(run=run))
                for e in rnd.sample(es, min(4,len(es))):
                    try: services.record_verdict(entry=e, verdict=rnd.choice(["CONFIRMED","REJECTED","ADDITION"]), reason="", note="", actor=everything())
                    except Refusal:
                        try: services.record_verdict(entry=e, verdict="REJECTED", reason=rnd.choice(["twice","deceased"]), note="", actor=everything())
                        except Refusal as x: print("   ", x)
                for v in villages:
                    try: services.confirm_others(run=run, area=v, actor=everything())
                    except Refusal: pass
                services.close_validation(run=run, actor=everything())
            elif run.state == "OPEN":
                e = rnd.choice(list(StageEntry.objects.filter(run=run)))
                a = services.open_appeal(entry=e, appeal_kind=rnd.choice(list(Appeal.Kind)), words="x", actor=everything())
                if rnd.random() < .6: services.decide_appeal(appeal=a, accepted=True, decision="ok", actor=everything())
                with maintenance("t"):
                    r = StageRun.objects.get(pk=run.pk); r.settings = {**r.settings, "until": (timezone.localdate()-timedelta(days=1)).isoformat()}; r.save()
                services.close_appeals(run=run, actor=everything())
            run.refresh_from_db()
            print("  ", stage.kind, outcomes(run))
            assert sum(outcomes(run).values()) == run.listed
            for q in Quota.objects.filter(run=run):
                n = StageEntry.objects.filter(run=run, area=q.area_id, outcome="SELECTED").count()
                if n > q.places: print("   OVER", q.area.name, n, q.places)
        if turn == 0 and rnd.random() < .5:
            st = rnd.choice(list(campaign.stages.all()))
            try: services.bring_back_stage(stage=st, actor=everything())
            except Refusal:
                try: services.run_stage(stage=st, actor=everything()); work()
                except Refusal as e: print("  again:", st.kind, e)
    for lang in ("en","fr","pt"):
        for e in StageEntry.objects.filter(run__stage__campaign=campaign).order_by("-pk")[:20]:
            r = client.get(f"/targeting/outcomes/{e.pk}/", headers={"accept-language": lang}); assert r.status_code == 200, (e, r.status_code)
        for r_ in StageRun.objects.filter(stage__campaign=campaign):
            assert client.get(f"/targeting/lists/{r_.pk}/").status_code == 200
            assert client.get(f"/targeting/lists/{r_.pk}/entries/").status_code == 200
            for v in villages: assert client.get(f"/validation/{r_.pk}/villages/{v.pk}/").status_code == 200
        for s in campaign.stages.all(): assert client.get(f"/targeting/stages/{s.pk}/").status_code == 200
        assert client.get(f"/targeting/{campaign.pk}/").status_code == 200
    try:
        g = approved(services.approve_results, campaign=Campaign.objects.get(pk=campaign.pk))
        print("  approved", g.count)
        assert client.get(f"/targeting/{campaign.pk}/").status_code == 200
        assert client.get(f"/targeting/{campaign.pk}/to-enrol/").status_code == 200
    except Refusal as e: print("  not approved:", e)

def carry_out_stage(stage):
    run = services.run_stage(stage=stage, actor=everything()); work(); run.refresh_from_db()
    assert run.state in ("OPEN","DONE"), run.state
    return run
