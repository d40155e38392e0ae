"""What is kept about a client: every field, how it is checked, and the texts lists sort and search by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guru_tui.domain.phone import to_e164
from guru_tui.domain.practice import check_email
from guru_tui.domain.text import clean, fold
from guru_tui.errors import Invalid


@dataclass(frozen=True, slots=True)
class ClientField:
    """One field: its kind, its name for people (also its heading in a CSV file), and what a new client starts with."""

    kind: str
    label: str
    default: str | bool = ""


CLIENT_FIELDS: dict[str, ClientField] = {
    "first_name": ClientField("text", "First name"),
    "last_name": ClientField("text", "Last name"),
    "mobile": ClientField("phone", "Mobile"),
    "email": ClientField("email", "Email"),
    "address": ClientField("multiline", "Address"),
    "birth_date": ClientField("date", "Date of birth"),
    "id_number": ClientField("number", "ID number"),
    "language": ClientField("language", "Language"),
    "sms_allowed": ClientField("bool", "SMS allowed", True),
    "email_allowed": ClientField("bool", "Email allowed", True),
    "codes_consent_on": ClientField("date", "Codes by mail agreed on"),
    "bill_to_name": ClientField("text", "Bill to name"),
    "bill_to_email": ClientField("email", "Bill to email"),
    "bill_to_address": ClientField("multiline", "Bill to address"),
}

_LANGUAGES = {
    **{
        "english": "en",
        "engels": "en",
        "eng": "en",
        "afrikaans": "af",
        "afr": "af",
        "isizulu": "zu",
        "zulu": "zu",
        "isixhosa": "xh",
        "xhosa": "xh",
    },
    **{"sesotho": "st", "setswana": "tn", "sepedi": "nso", "xitsonga": "ts", "siswati": "ss", "tshivenda": "ve"},
    **{"isindebele": "nr", "german": "de", "french": "fr", "portuguese": "pt"},
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AFRIKAANS_MONTHS = {"mrt": 3, "maa": 3, "mei": 5, "okt": 10, "des": 12}
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")


def normalise(fields: Mapping[str, object], *, country: str, today: date) -> dict[str, str | bool]:
    """The stored form of `fields`: cleaned text, E.164 numbers, ISO days, booleans.

    `country` is how local numbers are read, `today` (local) bounds dates. Raises `Invalid` with the remedy for a
    field that does not exist or a value that does not fit.
    """
    stored: dict[str, str | bool] = {}
    for name, value in fields.items():
        field = CLIENT_FIELDS.get(name)
        if field is None:
            raise Invalid(f"A client has no {name!r}; there are {', '.join(CLIENT_FIELDS)}.")
        if isinstance(value, bool) and field.kind == "bool":
            stored[name] = value
            continue
        text = clean("" if value is None else str(value), multiline=field.kind == "multiline", field=field.label)
        stored[name] = _checked(field, text, country, today)
    return stored


def with_one_name(first: str, last: str) -> tuple[str, str]:
    """First and last name, where a lone last name becomes the first: it is what a message greets with."""
    return (first, last) if first else (last, "")


def _checked(field: ClientField, text: str, country: str, today: date) -> str | bool:
    if field.kind == "bool":
        return _yes_or_no(field, text)
    if not text:
        return field.default
    if field.kind == "phone":
        return to_e164(whole_number(text), country)
    if field.kind == "email":
        return normal_email(text)
    if field.kind == "date":
        return past_day(text, field.label, today).isoformat()
    if field.kind == "number":
        return whole_number(text)
    if field.kind == "language":
        return _language(text)
    return text


def normal_email(text: str) -> str:
    """A mail address with its host in lower case (RFC 5321: only the local part may be case-sensitive)."""
    local, _, host = check_email(text).rpartition("@")
    return f"{local}@{host.lower()}"


def whole_number(text: str) -> str:
    """`text` with what a spreadsheet did to a long number undone: `825550134.0`, `8.25550134E+08`.

    Raises `Invalid` where the spreadsheet has dropped digits (`8.2555E+08`): they cannot be guessed.
    """
    bare = text.strip().lstrip("'").strip()
    match = _SCIENTIFIC.fullmatch(bare)
    if match is not None:
        digits, power = match.group(1) + (match.group(2) or ""), int(match.group(3))
        if len(digits) != power + 1:
            raise Invalid(f"{bare!r} has lost digits in a spreadsheet; format that column as text and export it again.")
        return digits
    return re.sub(r"(?<=^\d)(\d{5,})[.,]0+$", r"\1", bare)


def past_day(text: str, label: str, today: date) -> date:
    """A day up to `today` as people write it: `1985-03-02`, `1985/3/2`, `02/03/1985` (day first), `2 March 1985`.

    Raises `Invalid` for anything else, for a year of two digits (which century?) and for a day to come.
    """
    wrong = Invalid(f"{label} {text!r} is not a day; write it like 1985-03-02.")
    bare = re.sub(r"[ T]00:00(:00)?(\.0+)?$", "", fold(text))
    parts = re.split(r"[-/. ]+", bare.strip(" ."))
    if len(parts) != 3:
        raise wrong
    year, month, day = parts if len(parts[0]) == 4 else (parts[2], parts[1], parts[0])
    try:
        if not (len(year) == 4 and all(part.isascii() for part in parts)):
            raise ValueError(year)
        found = date(int(year), _month(month), int(day))
    except ValueError:
        raise wrong from None
    if found > today:
        raise Invalid(f"{label} {found.isoformat()} lies in the future.")
    return found


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    if len(text) < 3:
        raise ValueError(text)
    return _AFRIKAANS_MONTHS.get(text[:3]) or _MONTHS.index(text[:3]) + 1


def _yes_or_no(field: ClientField, text: str) -> bool:
    word = fold(text)
    if not word:
        return bool(field.default)
    if word in ("yes", "y", "true", "on", "1", "ja", "j"):
        return True
    if word in ("no", "n", "false", "off", "0", "nee"):
        return False
    raise Invalid(f"{field.label} is yes or no, not {text!r}.")


def _language(text: str) -> str:
    word = fold(text)
    code = _LANGUAGES.get(word, word.partition("-")[0].partition("_")[0])
    if not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
        raise Invalid(f"{text!r} is not a language; use a code such as en or af.")
    return code


def sort_text(first_name: str, last_name: str) -> str:
    """The order of every list: folded `last first`."""
    return fold(f"{last_name} {first_name}")


def search_text(first_name: str, last_name: str) -> str:
    """What searching looks in: folded ` first last first ` with a blank before, between and after all words.

    A blank before each word lets `LIKE '% sar%'` find word starts, and the first name said twice lets
    `LIKE '% sar% bot%'` and `LIKE '% bot% sar%'` find prefixes in either order. With one name: ` first `.
    """
    first, last = fold(first_name), fold(last_name)
    return f" {' '.join(part for part in ((first, last, first) if last else (first,)) if part)} "


def same_name(first_name: str, last_name: str) -> str:
    """What two spellings of one name have in common, however it is split into first and last name."""
    return " ".join(search_words(f"{first_name} {last_name}"))


def search_words(text: str) -> list[str]:
    """The folded words of a name or a search: hyphens and points part words, apostrophes do not (`O'Brien`)."""
    return re.sub(r"[-‐‑–.,;/()]", " ", re.sub(r"['`´‘]", "", fold(text))).split()
