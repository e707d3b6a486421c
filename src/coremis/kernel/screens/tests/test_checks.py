"""A page without a declared permission stops the start."""

from django.http import HttpResponse

from coremis.kernel.screens.checks import check_page
from coremis.kernel.screens.tests import sample


def test_it_works():
    """pitfall S4"""
    known = {"areas.view_area": "See"}
    assert check_page("sample:area_list", sample.area_list, known) == []
    assert [problem.id for problem in check_page("x:y", lambda request: HttpResponse(""), known)] == ["screens.E104"]
    assert [problem.id for problem in check_page("sample:add_area", sample.add, known)] == ["screens.E105"]
