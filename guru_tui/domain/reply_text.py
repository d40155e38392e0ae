"""A reply's own words: what a mail program or a telephone adds to them taken away, HTML made text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_LONGEST = 20_000
_LONGEST_HTML = 60_000
_LONGEST_MARK = 300

_ATTRIBUTION = re.compile(
    r"(?:on|op|am|le|el|em|il)\b.{6,300}(?:\bwrote|\bgeskryf|\bskryf|\bschreef|\bschrieb|\ba écrit|\bescribió"
    r"|\bescreveu|\bha scritto)(?:\s*<[^<>]*>)?\s*:",
    re.IGNORECASE,
)
# What a mail program puts between a reply and a quoted mail; nothing below it is the reply's.
_CUT = re.compile(
    r"""-{2,}\s*(?:original\ (?:message|appointment)|oorspronklike\ boodskap|(?:forwarded|reply)\ message)\b.*
      | _{10,} | \*{0,2}(?:from|van):\*{0,2}\s.*@.* | begin\ forwarded\ message:.* | -{3,}.*\bwrote\b.*-*
      | (?:sent|gestuur):\s.*\d\d:\d\d.*""",
    re.IGNORECASE | re.VERBOSE,
)
_FOOTER = re.compile(
    r"""(?:sent|gestuur|verstuur|verzonden|gesend)\ (?:from|vanaf|vanuit|van|via|with|met|using)\ .{1,80}
      | get\ outlook\ for\ .{1,60} | (?:kry|download)\ outlook\ .{1,60} | outlook\ (?:for|vir)\ (?:ios|android).{0,40}
      | (?:typed|written)\ (?:on|from)\ my\ .{1,40} | sent\ from\ \S{1,40}
      | virus-free\..{0,60} | (?:this\ email\ has\ been|hierdie\ e-pos\ is).{0,40}(?:virus|scanned|avast|avg).{0,60}""",
    re.IGNORECASE | re.VERBOSE,
)
_SIGNATURE = re.compile(r"-- ?|—\s?")
_LINKS = re.compile(r"(?: ?<https?://[^<>\s]*>|https?://\S+|\[cid:[^\]]*\]|\[image:[^\]]*\])", re.IGNORECASE)


def own_words(text: str) -> str:
    """`text` without quoted mails, signature and a telephone's footer, at most 20 000 characters.

    A signature is what stands below "-- " (RFC 3676, 4.3), quoted is what stands behind ">" (4.5), and what a mail
    program has put below its line of attribution.
    """
    lines = [line.strip() for line in text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        mark = line if len(line) <= _LONGEST_MARK else ""
        if _SIGNATURE.fullmatch(mark) or _CUT.fullmatch(mark):
            break
        span = _attribution(lines, index)
        if span:
            index += span
            if not _quoted_next(lines, index):
                break
            continue
        if not line.startswith(">") and not _FOOTER.fullmatch(mark.strip("<>*_ ")):
            kept.append(line)
        index += 1
    return _LINKS.sub("", "\n".join(kept)).strip()


def _attribution(lines: list[str], index: int) -> int:
    """How many lines at `index` are the words "On such a day somebody wrote:", which mail programs wrap; 0 for none."""
    if not re.match(r"(?:on|op|am|le|el|em|il)\b", lines[index], re.IGNORECASE):
        return 0
    for span in (1, 2, 3, 4):
        if _ATTRIBUTION.fullmatch(" ".join(lines[index : index + span])[:500]):
            return span
    return 0


def _quoted_next(lines: list[str], index: int) -> bool:
    """Whether the next line that is not empty is quoted with ">", so that what follows the quotes is an answer."""
    return next((line.startswith(">") for line in lines[index:] if line), False)


def html_text(source: str) -> str:
    """What a person reads of a mail in HTML, without what its mail program marks as quoted or as a signature."""
    reader = _Reader()
    # Never closed: what is left then is a tag without an end, and looking for that takes the parser quadratic time.
    reader.feed(source[:_LONGEST_HTML] + " ")
    lines = (" ".join(line.split()) for line in "".join(reader.text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects text; leaves out elements that show none, and quoted mails."""

    _SILENT = frozenset({"style", "script", "head", "title", "blockquote", "template"})
    _BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ul", "ol", "table"})
    _VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source"})
    # Gmail, Apple Mail, Thunderbird, Yahoo, Proton and Outlook, in their own class names and ids.
    _QUOTE = re.compile(
        r"gmail_quote|gmail_attr|gmail_signature|moz-cite-prefix|moz-signature|yahoo_quoted|protonmail_quote"
        r"|protonmail_signature|divrplyfwdmsg|appendonsend|mail-editor-reference-message-container|ms-outlook-mobile-sig"
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self._silent: tuple[str, int] | None = None
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, perhaps one that is not read."""
        if tag in self._BREAKS:
            self._say("\n")
        if self._silent is not None:
            if tag == self._silent[0]:
                self._silent = (tag, self._silent[1] + 1)
            return
        named = " ".join(str(value).lower() for name, value in attrs if name in ("class", "id") and value)
        if re.search("divrplyfwdmsg|appendonsend", named):
            self._ended = True  # Outlook puts the quoted mail beside this, not into it
        elif tag not in self._VOID and (tag in self._SILENT or self._QUOTE.search(named)):
            self._silent = (tag, 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""
        if tag in self._BREAKS:
            self._say("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if self._silent is not None and tag == self._silent[0]:
            depth = self._silent[1] - 1
            self._silent = (tag, depth) if depth else None
        if tag in self._BREAKS:
            self._say("\n")

    def handle_data(self, data: str) -> None:
        """Text, as far as it is read: line breaks in the source are blanks."""
        self._say(re.sub(r"\s+", " ", data))

    def _say(self, text: str) -> None:
        if self._silent is None and not self._ended:
            self.text.append(text)
