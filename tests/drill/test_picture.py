"""The picture of a drill: every name, and when its clients were not served."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from click.testing import CliRunner

from lockgate.base.errors import UsageError
from lockgate.commands.drill import command
from lockgate.drill.picture import svg
from lockgate.drill.timeline import Timeline

_SVG = "{http://www.w3.org/2000/svg}"
_GOOD = Timeline(
    name="app.example.com A",
    lost_region="us-east-1",
    fault_kind="refused",
    time_scale=20,
    recovery_time=90,
    allowed=100,
    before="us-east-1",
    after="us-west-2",
    fault=20.2,
    detected=48.1,
    switched=48.1,
    recovered=106.5,
    restored=110.7,
    failed_back=198.0,
    ended=202.3,
    requests=800,
    lost=240,
    outages=((20.5, 105.0),),
)
_BAD = replace(
    _GOOD,
    name="<api>.example.com A",
    recovery_time=None,
    detected=None,
    switched=None,
    recovered=None,
    outages=((20.5, 202.3),),
)


def _texts(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{_SVG}text")]


def test_every_name_is_drawn_below_the_one_before() -> None:
    root = ElementTree.fromstring(svg([_GOOD, _BAD]))
    texts = _texts(root)
    assert "app.example.com A: loss of us-east-1 (refused), passed" in texts
    assert "<api>.example.com A: loss of us-east-1 (refused), not passed" in texts
    assert "first good answer 106.5 s" in texts
    tops = [each.attrib["transform"] for each in root.iter(f"{_SVG}g")]
    assert tops[0] == "translate(0,0)"
    assert len(set(tops)) == 2
    # The second part ends where the picture does.
    second = ElementTree.fromstring(svg([_BAD]))
    assert float(root.attrib["height"]) == float(tops[1][len("translate(0,") : -1]) + float(
        second.attrib["height"]
    )


def test_what_was_not_served_is_red_and_what_is_computed_is_marked() -> None:
    for timeline, marked in ((_GOOD, 1), (_BAD, 0)):
        root = ElementTree.fromstring(svg([timeline]))
        red = [each for each in root.iter(f"{_SVG}rect") if each.get("fill") == "#c62828"]
        assert len(red) == 2, "the region and its clients"
        (begin, until) = timeline.outages[0]
        expected = round(820 * (until - begin) / timeline.ended, 1)
        assert abs(float(red[1].attrib["width"]) - expected) < 0.2
        assert sum("stroke-dasharray" in each.attrib for each in root.iter(f"{_SVG}line")) == marked


def test_a_picture_that_is_no_svg_is_refused_before_the_drill() -> None:
    refused = CliRunner().invoke(command, ["prod", "--picture", "timeline.png"]).exception
    assert isinstance(refused, UsageError)
    assert "timeline.png: pictures are drawn as SVG only" in str(refused)
