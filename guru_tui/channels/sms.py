"""SMS through Clickatell's One API (docs.clickatell.com, One API, "Send message" and "Errors table")."""

from __future__ import annotations

from typing import Any

from guru_tui.channels.base import (
    Accepted,
    Misconfigured,
    OutgoingMessage,
    Permanent,
    Result,
    Transient,
    Trouble,
    Unknown,
)
from guru_tui.channels.sms_http import Provider, Reply, by_status
from guru_tui.channels.sms_provider import ProviderChannel, ProviderSession
from guru_tui.settings import CLICKATELL_URL

# Nothing was ever sent under this id: asking for it shows whether the key is good, and costs nothing.
_NO_MESSAGE = "00000000000000000000000000000000"
_NO_SUCH = 41


class ClickatellSession(ProviderSession):
    """One run over the One API."""

    def __init__(self, provider: Provider, timeout: tuple[float, float]) -> None:
        super().__init__(provider, timeout)
        self._headers = {"Authorization": provider.key}

    def _hand_over(self, message: OutgoingMessage) -> Result:
        body = request_body(message, self._provider.number)
        answer = self._line.ask("POST", f"{self._provider.url}/v1/message", self._headers, body)
        return _read(answer) if isinstance(answer, Reply) else answer

    def check(self) -> Trouble | None:
        """Ask after a message that never was: a bad key or a wrong address shows, nothing is sent."""
        answer = self._line.ask("GET", f"{self._provider.url}/v1/message/{_NO_MESSAGE}", self._headers)
        if isinstance(answer, Unknown):
            return Transient("The SMS provider did not answer.", connection_lost=True)
        if not isinstance(answer, Reply):
            return answer
        code = _code_in(answer.data)
        result = _BY_CODE.get(code) if code is not None else by_status(answer.status)
        if code == _NO_SUCH or answer.status == 404 or not isinstance(result, Misconfigured | Transient):
            return None
        return result


class ClickatellChannel(ProviderChannel):
    """SMS by the practice's One API key."""

    backend = "clickatell"
    default_url = CLICKATELL_URL
    opened = ClickatellSession


def request_body(message: OutgoingMessage, number: str = "") -> dict[str, Any]:
    """The JSON of one message: the recipient in digits, and from which number if the account has a two-way one."""
    entry = {"channel": "sms", "to": message.recipient.removeprefix("+"), "content": message.body}
    return {"messages": [{**entry, "from": number} if number else entry]}


_KEY = "check GURU_CLICKATELL_API_KEY."
_ACCOUNT = "see to it with the provider."
# The provider's error codes; 402, 500 and 503 stand for HTTP statuses, which some answers repeat as a code.
_BY_CODE: dict[int, Result] = {
    1: Misconfigured(f"The SMS provider refused the key (1); {_KEY}"),
    2: Misconfigured(f"The SMS account is not active (2); {_ACCOUNT}"),
    3: Misconfigured(f"The SMS integration is not active (3); {_ACCOUNT}"),
    7: Misconfigured(f"The SMS provider does not know this machine's address (7); {_ACCOUNT}"),
    18: Unknown("The SMS provider had a fault of its own (18)."),
    19: Transient("The SMS provider asks to try again (19)."),
    20: Misconfigured("The SMS account has no credit left (20); top it up with the provider."),
    23: Permanent("The SMS provider misses something in the message (23)."),
    24: Permanent("The text is too long for an SMS (24)."),
    25: Permanent("The SMS provider says the number is not valid (25)."),
    26: Permanent("The recipient asked the SMS provider for no more messages (26).", opted_out=True),
    27: Permanent("The number cannot receive an SMS (27)."),
    38: Misconfigured(f"The SMS integration is not set up for SMS (38); {_ACCOUNT}"),
    39: Misconfigured(f"The SMS integration is not set up for SMS (39); {_ACCOUNT}"),
    _NO_SUCH: by_status(404),
    42: by_status(405),
    43: Transient("The SMS provider asks to go slower (43)."),
    44: Misconfigured("The number that messages come from is suspended (44); check GURU_CLICKATELL_FROM."),
    45: Misconfigured("The number that messages come from is not the account's (45); check GURU_CLICKATELL_FROM."),
    46: Misconfigured(f"The SMS account's trial is over (46); {_ACCOUNT}"),
    402: by_status(402),
    500: by_status(500),
    503: by_status(503),
}


def _read(reply: Reply) -> Result:
    """What the answer to one message comes to: its error code first, whatever the HTTP status; then the id."""
    entry = _entry(reply.data)
    accepted, number = entry.get("accepted"), entry.get("apiMessageId")
    code = _code_in(entry)
    if code is None:
        code = _code_in(reply.data)
    if code is not None:
        return _by_code(code, reply.status, said_yes=accepted is True and bool(number))
    if reply.status in (200, 201, 202, 207):
        if accepted is True and isinstance(number, str) and number and not entry.get("error"):
            return Accepted(number)
        if accepted is False:
            return Permanent("The SMS provider did not accept the message and does not say why.")
        return Unknown(f"The SMS provider gave no clear answer ({reply.status}).")
    return by_status(reply.status)


def _by_code(code: int, status: int, *, said_yes: bool) -> Result:
    if said_yes:
        return Unknown(f"The SMS provider accepted the message and reports an error ({code}).")
    known = _BY_CODE.get(code)
    if known is not None:
        return known
    if status >= 500:
        return by_status(status)
    return Permanent(f"The SMS provider refused the message ({code}).")


def _entry(data: Any) -> dict[str, Any]:
    entries = data.get("messages") if isinstance(data, dict) else None
    if isinstance(entries, list) and len(entries) == 1 and isinstance(entries[0], dict):
        return entries[0]
    return {}


def _code_in(data: Any) -> int | None:
    """The error code in an answer or in its one message, as `error.code` or `errorCode`; None where there is none."""
    if not isinstance(data, dict):
        return None
    error = data.get("error")
    code = error.get("code") if isinstance(error, dict) else data.get("errorCode")
    if isinstance(code, bool) or not isinstance(code, int | str) or not str(code).isascii() or not str(code).isdigit():
        return None
    return int(code)
