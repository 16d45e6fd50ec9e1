"""A drill's timeline as an SVG picture."""

from __future__ import annotations

from html import escape

from lockgate.drill.timeline import Timeline

_WIDTH, _LEFT, _TOP, _ROW = 900, 40, 90, 24


def svg(timeline: Timeline) -> str:
    """The picture: when clients were served (green) and not (red), and each moment named."""
    end = max(timeline.ended, 1.0)

    def across(seconds: float) -> float:
        return round(_LEFT + (_WIDTH - 2 * _LEFT) * seconds / end, 1)

    def bar(begin: float, until: float, colour: str) -> str:
        width = round(across(until) - across(begin), 1)
        return f'<rect x="{across(begin)}" y="60" width="{width}" height="18" fill="{colour}"/>'

    moments = [(name, at) for name, at in timeline.moments() if at is not None]
    height = _TOP + _ROW * len(moments) + 40
    served = timeline.restored if timeline.recovered is None else timeline.recovered
    verdict = "passed" if timeline.passes else "not passed"
    title = f"{timeline.name}: loss of {timeline.lost_region} ({timeline.fault_kind}), {verdict}"
    computed = "unknown" if timeline.recovery_time is None else f"{timeline.recovery_time} s"
    took = "never" if timeline.took is None else f"{timeline.took:.1f} s"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="44">recovery {took}, computed {computed}; '
        f"{timeline.lost} of {timeline.requests} requests lost; "
        f"time scale {timeline.time_scale:g}</text>",
        bar(0, timeline.fault, "#2e7d32"),
        bar(timeline.fault, served, "#c62828"),
        bar(served, timeline.ended, "#2e7d32"),
    ]
    for row, (name, at) in enumerate(moments):
        x, y = across(at), _TOP + _ROW * (row + 1)
        late = x > _WIDTH * 0.7
        place = f'x="{x - 5}" text-anchor="end"' if late else f'x="{x + 5}"'
        lines += [
            f'<line x1="{x}" y1="56" x2="{x}" y2="{y}" stroke="#555"/>',
            f'<text {place} y="{y}">{escape(name)} {at:.1f} s</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
