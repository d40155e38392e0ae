"""SMS through Clickatell's older REST API, for accounts that still have it, on the PyPI package `clickatell`.

The package (0.1.2) shapes the request and reads the answer. It is kept from the network: by itself it speaks plain
HTTP, repeats the text and the number in the address, waits for ever, takes an error page for an answer and stumbles
over the `error: null` of a success. Messages can be asked after for some days, by the same fenced way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from guru_tui.channels.base import (
    Accepted,
    Balance,
    Fate,
    Misconfigured,
    OutgoingMessage,
    Permanent,
    Result,
    Transient,
    Trouble,
    Unknown,
)
from guru_tui.channels.sms_http import Provider, Reply
from guru_tui.channels.sms_provider import ProviderChannel, ProviderSession, amount, is_id, no_such, unclear

_UNCLEAR = "The SMS provider gave no clear answer"


class _Answered(Exception):
    """The package is left in the middle: what became of the request is known without its reading of the answer."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class LegacySession(ProviderSession):
    """One run over the older REST API; only an id, or an error it documents, is taken for an answer."""

    def __init__(self, provider: Provider, timeout: tuple[float, float]) -> None:
        super().__init__(provider, timeout)
        self._api: Any = None

    def _hand_over(self, message: OutgoingMessage) -> Result:
        extra = {"from": self._provider.number} if self._provider.number else {}
        to = message.recipient.removeprefix("+")
        found = self._asked(lambda package: _read(package.sendMessage(to, message.body, extra)))
        return cast(Result, found)

    def check(self) -> Trouble | None:
        """Ask for the balance, which needs the token and sends nothing."""
        found = self._asked(lambda package: package.getBalance())
        if isinstance(found, Misconfigured | Transient):
            return found
        return Transient(f"{_UNCLEAR}.") if isinstance(found, Permanent | Unknown) else None

    def _fate(self, provider_id: str) -> Fate | Trouble:
        found = self._asked(lambda package: package.queryMessage(provider_id))
        if not isinstance(found, dict):
            return _told(found, no_such())
        word = found["status"].decode("utf-8")
        return no_such() if word == "001" else _FATES.get(word, unclear())

    def _balance(self) -> Balance | Trouble:
        found = self._asked(lambda package: package.getBalance())
        if not isinstance(found, dict):
            return _told(found, unclear())
        number = amount(found["balance"])
        return Balance(number) if number else unclear()

    def _asked(self, question: Callable[[Any], Any]) -> Any:
        """What the package makes of an answer, or else what is known without its reading of it."""
        try:
            return question(self._package())
        except _Answered as answered:
            return answered.result
        except Exception as error:  # the package raises whatever an answer makes it stumble over
            return _by_code(getattr(error, "code", None))

    def _package(self) -> Any:
        """The package's REST client with its way to the network replaced by ours."""
        if self._api is None:
            from clickatell.rest import Rest

            ask = self._ask

            class Careful(Rest):  # type: ignore[misc]
                """The package's shapes over our request."""

                def request(self, action: str, data: Any = None, headers: Any = None, method: str = "GET") -> str:
                    """The text of the answer to one request."""
                    return ask(method, action, data or None)

            self._api = Careful(self._provider.key)
        return self._api

    def _ask(self, method: str, action: str, data: Any) -> str:
        headers = {"Authorization": f"Bearer {self._provider.key}", "X-Version": "1"}
        if data is None:
            answer: Reply | Trouble | Unknown = self._question(f"/{action}", headers)
        else:
            answer = self._line.ask(method, f"{self._provider.url}/{action}", headers, data)
        if not isinstance(answer, Reply):
            raise _Answered(answer)
        if not isinstance(answer.data, dict):
            raise _Answered(_by_status(answer.status))
        if not answer.data.get("error") and not 200 <= answer.status < 300:
            raise _Answered(_by_status(answer.status))
        return json.dumps(_readable(answer.data))


class LegacyClickatellChannel(ProviderChannel):
    """SMS by a token of the older REST API."""

    backend = "clickatell-legacy"
    default_url = "https://api.clickatell.com"
    opened = LegacySession


def _readable(data: dict[str, Any]) -> dict[str, Any]:
    """The answer as the package expects it: no `error` where there is none, and texts where it wants texts."""
    if not data.get("error"):
        data.pop("error", None)
    inner = data.get("data")
    entries = inner.get("message") if isinstance(inner, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            error = entry.pop("error", None)
            if isinstance(error, dict):
                entry["error"] = {key: str(error.get(key, "")) for key in ("code", "description")}
            entry["apiMessageId"] = str(entry.get("apiMessageId") or "")
            entry["to"] = str(entry.get("to") or "")
    if isinstance(inner, dict) and "messageStatus" in inner:
        inner["messageStatus"] = str(inner["messageStatus"]).strip().zfill(3)
        inner["charge"] = amount(inner.get("charge")) or "0"
    return data


def _read(entries: Any) -> Result:
    """What the package makes of the one message's answer."""
    if not isinstance(entries, list) or len(entries) != 1:
        return Unknown(f"{_UNCLEAR}.")
    entry = entries[0]
    if entry["errorCode"] is not False:
        return _by_code(entry["errorCode"].decode("utf-8"))
    number = entry["id"].decode("utf-8")
    return Accepted(number, traceable=is_id(number)) if number else Unknown(f"{_UNCLEAR}.")


def _told(found: Any, otherwise: Trouble) -> Trouble:
    """The trouble that kept a question from being answered; `otherwise` where it is only that there is no answer."""
    return found if isinstance(found, Misconfigured | Transient) else otherwise


def _by_status(status: int) -> Result:
    if status in (401, 403):
        return Misconfigured(f"The SMS provider refused the token ({status}); check GURU_CLICKATELL_API_KEY.")
    return Unknown(f"{_UNCLEAR} ({status}).")


# The older API's codes for what it refuses before it takes a message (archive.clickatell.com, "Error codes: REST").
_KEY = "check GURU_CLICKATELL_API_KEY."
_FROM = "check GURU_CLICKATELL_FROM."
_REFUSALS: dict[int, Result] = {
    1: Misconfigured(f"The SMS provider refused the token (001); {_KEY}"),
    7: Misconfigured("The SMS provider does not know this machine's address (007); see to it with the provider."),
    101: Permanent("The SMS provider misses something in the message (101)."),
    105: Permanent("The SMS provider says the number is not valid (105)."),
    106: Misconfigured(f"The SMS provider refused the number that messages come from (106); {_FROM}"),
    108: Misconfigured(f"The SMS provider refused the token (108); {_KEY}"),
    113: Permanent("The text is too long for an SMS (113)."),
    114: Permanent("The SMS provider has no way to that number (114)."),
    121: Permanent("The number is blocked (121)."),
    122: Permanent("The recipient asked the SMS provider for no more messages (122).", opted_out=True),
    123: Misconfigured(f"The SMS provider refused the number that messages come from (123); {_FROM}"),
    128: Permanent("The number is no longer in use (128)."),
    301: Misconfigured("The SMS account has no credit left (301); top it up with the provider."),
}


def _by_code(code: Any) -> Result:
    text = str(code)
    number = int(text) if text.isascii() and text.isdigit() else None
    if number is None:
        return Unknown(f"{_UNCLEAR}.")
    return _REFUSALS.get(number, Unknown(f"{_UNCLEAR} ({text[:6]})."))


_UNDERWAY = Fate("underway")
# The older API's message statuses (archive.clickatell.com, "Message status codes"). 003 is only the next network's
# word; 001 is a message it does not know, which it also says where its report is late.
_FATES = {
    "002": _UNDERWAY,
    "003": _UNDERWAY,
    "004": Fate("delivered"),
    "005": Fate("undelivered", "The SMS provider found an error in the message."),
    "006": Fate("undelivered", "It was stopped in the SMS account."),
    "007": Fate("undelivered", "The SMS provider could not deliver it to the phone."),
    "008": _UNDERWAY,
    "009": Fate("undelivered", "The SMS provider found no way to the number."),
    "010": Fate("undelivered", "The phone could not be reached in time."),
    "011": _UNDERWAY,
    "012": Fate("undelivered", "The SMS account had no credit left; top it up."),
    "014": Fate("undelivered", "The SMS account's limit was reached; see to it with the provider."),
}
