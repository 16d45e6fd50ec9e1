"""The timelines of a drill as an SVG picture, one name below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from lockgate.drill.timeline import Timeline

_WIDTH, _MARGIN, _ROW = 900, 40, 24
# Within the part of one name, downwards: its two bars, and where the rows of moments begin.
_REGION_BAR, _CLIENTS_BAR, _BAR_HEIGHT, _MOMENTS, _SECONDS = 62, 100, 16, 136, 20
_GREEN, _RED = "#2e7d32", "#c62828"


def svg(timelines: Sequence[Timeline]) -> str:
    """The picture: for each name the lost region's bar, the clients' bar, and each moment named.

    Clients are red while at least one of them was not served; a dashed line is the computed
    recovery time.
    """
    parts, top = [], 0
    for timeline in timelines:
        lines = list(_part(timeline))
        parts += [f'<g transform="translate(0,{top})">', *lines, "</g>"]
        top += _height(timeline)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{top}" '
            f'viewBox="0 0 {_WIDTH} {top}" font-family="sans-serif" font-size="13" role="img">',
            f"<title>{escape('; '.join(_title(timeline) for timeline in timelines))}</title>",
            '<rect width="100%" height="100%" fill="#fff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _title(timeline: Timeline) -> str:
    verdict = "passed" if timeline.passes else "not passed"
    return f"{timeline.name}: loss of {timeline.lost_region} ({timeline.fault_kind}), {verdict}"


def _moments(timeline: Timeline) -> list[tuple[str, float]]:
    return [(name, at) for name, at in timeline.moments() if at is not None]


def _height(timeline: Timeline) -> int:
    return _MOMENTS + _ROW * len(_moments(timeline)) + _SECONDS + 10


def _part(timeline: Timeline) -> Iterator[str]:
    end = max(timeline.ended, 1.0)

    def across(seconds: float) -> float:
        return round(_MARGIN + (_WIDTH - 2 * _MARGIN) * min(max(seconds, 0.0), end) / end, 1)

    def bar(begin: float, until: float, y: int, colour: str) -> str:
        left, right = across(begin), across(until)
        return (
            f'<rect x="{left}" y="{y}" width="{round(right - left, 1)}" height="{_BAR_HEIGHT}" '
            f'fill="{colour}"/>'
        )

    def text(x: float, y: float, words: str, more: str = "") -> str:
        return f'<text x="{x}" y="{y}"{more}>{escape(words)}</text>'

    computed = "unknown" if timeline.recovery_time is None else f"{timeline.recovery_time} s"
    took = "never" if timeline.took is None else f"{timeline.took:.1f} s"
    yield text(_MARGIN, 24, _title(timeline), ' font-size="16"')
    yield text(
        _MARGIN,
        44,
        f"recovery {took}, computed {computed}; {timeline.lost} of {timeline.requests} requests "
        f"lost; time scale {timeline.time_scale:g}",
    )
    yield text(_MARGIN, _REGION_BAR - 4, timeline.lost_region, ' font-size="11"')
    yield bar(0, end, _REGION_BAR, _GREEN)
    yield bar(timeline.fault, timeline.restored, _REGION_BAR, _RED)
    yield text(_MARGIN, _CLIENTS_BAR - 4, "clients", ' font-size="11"')
    yield bar(0, end, _CLIENTS_BAR, _GREEN)
    for begin, until in timeline.outages:
        yield bar(begin, until, _CLIENTS_BAR, _RED)
    if timeline.recovery_time is not None:
        x = across(timeline.fault + timeline.recovery_time)
        yield (
            f'<line x1="{x}" y1="{_REGION_BAR - 4}" x2="{x}" y2="{_CLIENTS_BAR + _BAR_HEIGHT + 4}" '
            'stroke="#000" stroke-dasharray="4 3"/>'
        )
        yield text(x + 4, _CLIENTS_BAR - 5, f"computed {computed}", ' font-size="11"')
    placed = [
        (across(at), _MOMENTS + _ROW * (row + 1), f"{name} {at:.1f} s")
        for row, (name, at) in enumerate(_moments(timeline))
    ]
    top = _CLIENTS_BAR + _BAR_HEIGHT
    for x, y, _ in placed:
        yield f'<line x1="{x}" y1="{top}" x2="{x}" y2="{y}" stroke="#555"/>'
    for x, y, words in placed:
        # A white edge, as lines of later moments may pass through the words of earlier ones.
        edge = ' stroke="#fff" stroke-width="4" paint-order="stroke"'
        late = x > _WIDTH * 0.7
        yield text(x - 5 if late else x + 5, y, words, edge + ' text-anchor="end"' * late)
