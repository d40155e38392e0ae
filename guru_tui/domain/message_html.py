"""A mail's plain text as a small page: the same words, with a table for dates and times and links to call and write.

Nothing is loaded from anywhere, and no colour is set, so that it reads well on white and on black.
"""

from __future__ import annotations

import re
from html import escape

_HEAD = (
    '<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    '<meta name="format-detection" content="telephone=no,date=no,address=no">'
    "<style>:root{{color-scheme:light dark}}</style></head>"
    '<body style="margin:0;padding:24px 16px;font:16px/1.5 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif">'
    '<div style="max-width:36em;margin:0 auto;overflow-wrap:anywhere">'
)
_FOOT = '<p style="margin:24px 0 0;padding-top:12px;border-top:1px solid;font-size:13px;opacity:.75">{name}</p>'
_END = "</div></body></html>\n"
_PARAGRAPH = '<p style="margin:0 0 16px">'
_TABLE = '<table role="presentation" style="margin:0 0 16px;border-collapse:collapse;font-weight:600">'
_CELLS = (
    '<tr><td style="padding:2px 16px 2px 0;font-weight:400;opacity:.75;vertical-align:top">{}</td>'
    '<td style="padding:2px 0">{}</td></tr>'
)
_FACT = re.compile(r"[ \t]+([^\s:][^:\n]{0,29}):[ \t]+(\S[^\n]*)")
_GAP = re.compile(r"\n(?:[ \t]*\n)+")
_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# XML 1.0, 2.2 and the standard of HTML, 13.2.3.5: what has no business in a page, with what has no character at all.
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_ADDRESS = r"[\w.!#$%*+/=?^{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
_URL = r"https://[^\s<>\"'`\\^{|}\[\]]+"
_LINK = re.compile(rf"(?P<url>{_URL})|(?P<address>(?<![\w.@/]){_ADDRESS}(?![\w@]))", re.ASCII)
_CLOSING = ".,;:!?)&*_"


def message_html(text: str, *, name: str, phone: str = "", phone_shown: str = "", lang: str = "en") -> str:
    """The page for a mail's `text`, with the practice's `name` at its foot.

    `phone` (E.164) is what is dialled where the text says `phone_shown`; other numbers are left alone, for most of
    them are for paying. Web links are https only; everything else in `text` is text.
    """
    plain = _UNFIT.sub("", _BREAK.sub("\n", text)).strip("\n")
    link = _Linker(phone, phone_shown)
    blocks = (_block(block, link) for block in _GAP.split(plain) if block.strip())
    foot = _FOOT.format(name=escape(" ".join(_UNFIT.sub("", name).split())))
    return "".join((_HEAD.format(lang=escape(lang)), *blocks, foot, _END))


class _Linker:
    """Escapes a piece of text and makes links of what can be followed in it."""

    def __init__(self, phone: str, shown: str) -> None:
        self._dial = phone if re.fullmatch(r"\+[0-9]{5,15}", phone) else ""
        self._shown = shown if self._dial else ""
        self._phone = re.compile(rf"(?<!\w){re.escape(shown)}(?!\w)")

    def __call__(self, text: str) -> str:
        if "@" not in text and "https://" not in text:
            return self._plain(text)
        pieces: list[str] = []
        at = 0
        for match in _LINK.finditer(text):
            found = match.group()
            found = found[: len(found.rstrip(_CLOSING))] if match["url"] else found
            scheme = "" if match["url"] else "mailto:"
            pieces += self._plain(text[at : match.start()]), _anchor(scheme + found, found)
            at = match.start() + len(found)
        return "".join((*pieces, self._plain(text[at:])))

    def _plain(self, text: str) -> str:
        if not self._shown or self._shown not in text:
            return escape(text)
        pieces: list[str] = []
        at = 0
        for match in self._phone.finditer(text):
            pieces += escape(text[at : match.start()]), _anchor(f"tel:{self._dial}", match.group())
            at = match.end()
        return "".join((*pieces, escape(text[at:])))


def _anchor(target: str, shown: str) -> str:
    return f'<a href="{escape(target)}">{escape(shown)}</a>'


def _block(block: str, link: _Linker) -> str:
    """Lines of the form `  Date:  Wed 5 June` as a table, any other as a paragraph that keeps its line breaks."""
    lines = block.split("\n")
    facts = [_FACT.fullmatch(line.rstrip()) for line in lines]
    found = [fact for fact in facts if fact]
    if len(found) == len(lines):
        return f"{_TABLE}{''.join(_CELLS.format(escape(fact[1]), link(fact[2])) for fact in found)}</table>"
    return f"{_PARAGRAPH}{'<br>'.join(link(line.strip()) for line in lines)}</p>"
