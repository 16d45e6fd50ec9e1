"""Generated HCL: expressions of every kind, and files in which a piece too much may stand."""

from __future__ import annotations

from hypothesis import strategies as st

_ATOMS = ("a", "1", '"x"', "a.b", "a[0]", "true", '"${a}"', "-1", "!a", "a.*.b", "a[*]", "f()")
_BINARY = ("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||")
_BLANKS = ("", " ", "\n", " /*c*/ ", "#c\n", "/*\n*/")
_PIECES = (
    *("a", " b", '"x"', "1", ".", "...", "*", "[*]", ".*", "]", "(", ")", "{", "}", "=", "=>", ":"),
    *("::", "?", ",", "\n", "-", "!", "&&", "<", "%", "//c\n", "/*c*/", "for ", "in ", "if "),
    *("<<E\nx\nE\n", '"$${x}"', "~", "${", "%{", '"', "\\", "&", ";", "null", "\r", "\0", "\f"),
    *("\u00a0", "é", "u\u0308", "\ufeff", "\u2028", "a.0.1", "b {}", "%{if a}", "%{endif}"),
)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 0) -> str:
    """An expression that is valid, but for what blanks and items may do to it."""
    if depth > 2 or draw(st.booleans()):
        return draw(st.sampled_from(_ATOMS))
    blank = draw(st.sampled_from(_BLANKS))
    one, two, three = (draw(expressions(depth + 1)) for _ in range(3))
    forms = (
        f"({blank}{one}{blank})",
        f"[{blank}{one},{two}{blank}]",
        f"[{blank}{one},{blank}]",
        f"{{{blank}k = {one}\n({two}) : {three}{blank}}}",
        f"core::f({blank}{one},{two}...)",
        f"{one} {draw(st.sampled_from(_BINARY))}{blank}{two}",
        f"{one} ? {two} : {blank}{three}",
        f"[for x in {one} :{blank}{two} if {three}]",
        f"{{for k, v in {one} : {two}{blank}=> {three}...}}",
        f'"x${{{blank}{one}{blank}}}y"',
        f'"%{{if {one}}}a%{{else}}${{{two}}}%{{endif}}"',
        f"({one})[{blank}{two}]",
        f"<<-E\n  ${{{one}}}\n  E\n",
    )
    return draw(st.sampled_from(forms))


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file; in some, something is put in, left out or said twice."""
    one, two = draw(expressions()), draw(expressions())
    text = draw(
        st.sampled_from((f"a = {one}\n", f'r "x" b {{\n  a = {one}\n  c {{ d = {two} }}\n}}\n'))
    )
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        change = draw(st.integers(0, 2))
        if change == 0:
            text = text[:at] + draw(st.sampled_from(_PIECES)) + text[at:]
        elif change == 1:
            text = text[:at] + text[at + draw(st.integers(1, 3)) :]
        else:
            text = text[:at] + text[at : at + 4] + text[at:]
    return text
