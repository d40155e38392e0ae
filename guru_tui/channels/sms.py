"""SMS through Clickatell's One API (docs.clickatell.com, One API: "Send message", "Errors", "Message status")."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

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
from guru_tui.channels.sms_http import SLOWER, Provider, Reply, by_status
from guru_tui.channels.sms_provider import ProviderChannel, ProviderSession, amount, is_id, no_such, unclear
from guru_tui.settings import CLICKATELL_URL

# Nothing was ever sent under this id: asking for it shows whether the key is good, and costs nothing.
_NO_MESSAGE = "00000000000000000000000000000000"
_NO_SUCH = 41
# The second is what the provider's older pages name for the same keys.
_BALANCE_PATHS = ("/v1/balance", "/public-client/balance")


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
        answer = self._question(f"/v1/message/{_NO_MESSAGE}", self._headers)
        if not isinstance(answer, Reply):
            return answer
        code = _code_in(answer.data)
        result = _BY_CODE.get(code) if code is not None else by_status(answer.status)
        if code == _NO_SUCH or answer.status == 404 or not isinstance(result, Misconfigured | Transient):
            return None
        return result

    def _fate(self, provider_id: str) -> Fate | Trouble:
        answer = self._question(f"/v1/message/{provider_id}", self._headers)
        if not isinstance(answer, Reply):
            return answer
        if _says_nothing(answer):
            return _trouble(answer)
        word, at = _status_in(answer.data)
        if word == "UNKNOWN":
            return no_such()
        found = _FATES.get(word)
        if found is not None and at is not None:
            return replace(found, at=at)
        return found or unclear()

    def _balance(self) -> Balance | Trouble:
        found: Balance | Trouble = unclear()
        for path in _BALANCE_PATHS:
            answer = self._question(path, self._headers)
            if not isinstance(answer, Reply):
                return answer
            if not _says_nothing(answer):
                return _balance_in(answer.data) or unclear()
            found = _trouble(answer)
            if answer.status != 404 and _code_in(answer.data) != _NO_SUCH:
                break
        return found


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
    43: Transient("The SMS provider asks to go slower (43).", wait=SLOWER),
    44: Misconfigured("The number that messages come from is suspended (44); check GURU_CLICKATELL_FROM."),
    45: Misconfigured("The number that messages come from is not the account's (45); check GURU_CLICKATELL_FROM."),
    46: Misconfigured(f"The SMS account's trial is over (46); {_ACCOUNT}"),
    402: by_status(402),
    500: by_status(500),
    503: by_status(503),
}


def _read(reply: Reply) -> Result:
    """What the answer to one message comes to, with how long the provider wants to be left alone."""
    result = _meaning(reply)
    return replace(result, wait=reply.wait) if isinstance(result, Transient) and reply.wait else result


def _meaning(reply: Reply) -> Result:
    """Its error code decides first, whatever the HTTP status; then the id."""
    entry = _entry(reply.data)
    accepted, number = entry.get("accepted"), entry.get("apiMessageId")
    provider_id = number if isinstance(number, str) and is_id(number) else ""
    code = _code_in(entry)
    if code is None:
        code = _code_in(reply.data)
    if code is not None:
        return _by_code(code, reply.status, provider_id, said_yes=accepted is True and bool(number))
    if reply.status in (200, 201, 202, 207):
        if accepted is True and isinstance(number, str) and number and not entry.get("error"):
            return Accepted(number, traceable=bool(provider_id))
        if accepted is False:
            return Permanent("The SMS provider did not accept the message and does not say why.")
        return Unknown(f"The SMS provider gave no clear answer ({reply.status}).", provider_id)
    result = by_status(reply.status)
    return replace(result, provider_id=provider_id) if isinstance(result, Unknown) else result


def _by_code(code: int, status: int, provider_id: str, *, said_yes: bool) -> Result:
    if said_yes:
        return Unknown(f"The SMS provider accepted the message and reports an error ({code}).", provider_id)
    known = _BY_CODE.get(code)
    if known is None and status >= 500:
        known = by_status(status)
    if isinstance(known, Unknown):
        return replace(known, provider_id=provider_id)
    return known or Permanent(f"The SMS provider refused the message ({code}).")


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


def _says_nothing(reply: Reply) -> bool:
    return reply.status != 200 or _code_in(reply.data) is not None or not isinstance(reply.data, dict)


def _trouble(reply: Reply) -> Trouble:
    """Why a question has no answer: what would meet every other question too, or only that."""
    code = _code_in(reply.data)
    result = _BY_CODE.get(code) if code is not None else by_status(reply.status)
    if code == _NO_SUCH or (code is None and reply.status == 404):
        return no_such()
    if isinstance(result, Misconfigured):
        return result
    if isinstance(result, Transient) and result.wait:
        return Transient(result.reason, connection_lost=True, wait=reply.wait or result.wait)
    return unclear()


def _status_in(data: dict[str, Any]) -> tuple[str, datetime | None]:
    """The status word of a message and since when it holds, which the provider counts in milliseconds since 1970."""
    for found in (data.get("sms"), _entry(data), data):
        if isinstance(found, dict) and isinstance(found.get("status"), str):
            return found["status"].strip().upper(), _instant(found.get("timestamp"))
    return "", None


def _instant(milliseconds: Any) -> datetime | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _balance_in(data: dict[str, Any]) -> Balance | None:
    number, currency = amount(data.get("balance")), data.get("currency")
    if not number:
        return None
    known = isinstance(currency, str) and len(currency) == 3 and currency.isascii() and currency.isalpha()
    return Balance(number, str(currency).upper() if known else "")


_UNDERWAY = Fate("underway")
_DELIVERED = Fate("delivered")
# The statuses that an SMS can have; a word that is not among them says nothing.
_FATES = {
    "QUEUED": _UNDERWAY,
    "SCHEDULED": _UNDERWAY,
    "SENT_TO_SUPPLIER": _UNDERWAY,
    "DEVICE_ACK": _DELIVERED,
    "READ": _DELIVERED,
    "EXPIRED": Fate("undelivered", "The phone could not be reached in time."),
    "STOPPED_BY_USER": Fate("undelivered", "It was stopped in the SMS account."),
    "STOPPED_BY_ADMIN": Fate("undelivered", "The SMS provider stopped it; see to it with the provider."),
    "DELIVERY_FAILURE": Fate("undelivered", "The SMS provider could not deliver it to the phone."),
    "EMULATED": Fate("undelivered", "The SMS account is one for tests, so nothing was sent to the phone."),
    "INSUFFICIENT_ACCOUNT_BALANCE": Fate("undelivered", "The SMS account had no credit left; top it up."),
    "VOLUME_LIMIT": Fate("undelivered", "The SMS account's limit was reached; see to it with the provider."),
    "VOLUME_LIMIT_DAILY": Fate("undelivered", "The SMS account's limit for the day was reached."),
    "VOLUME_LIMIT_MONTHLY": Fate("undelivered", "The SMS account's limit for the month was reached."),
    "RECIPIENT_DOES_NOT_EXIST": Fate("undelivered", "The number cannot receive an SMS."),
    "ENCRYPTION_ACCESS_DENIED": Fate("undelivered", "The SMS provider could not read the message."),
    "ENCRYPTION_CONTENT_ERROR": Fate("undelivered", "The SMS provider could not read the message."),
    "ROUTING_ERROR": Fate("undelivered", "The SMS provider found no way to the number."),
}
