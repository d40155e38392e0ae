"""Draws the picture in the README: the Today screen of the sample practice. Run by `make picture`."""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from guru_tui.app import GuruApp
from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.screens.session import Session
from guru_tui.services import demo
from guru_tui.settings import Settings

_MOMENT = datetime(2026, 11, 25, 12, 32, tzinfo=UTC)
_SIZE = (140, 36)


async def main() -> None:
    """Build the sample practice, let the app paint it, keep the picture."""
    with tempfile.TemporaryDirectory() as folder:
        home, clock = Path(folder) / "practice", FixedClock(_MOMENT)
        demo.build(home, clock)
        guru = Guru(Settings(home, {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}), clock, origin="app")
        app = GuruApp(Session(guru), background=False)
        async with app.run_test(size=_SIZE) as pilot:
            await pilot.pause()
            picture = app.export_screenshot(title="guru")
        guru.close()
    # Whoever opens the picture asks nobody for a font.
    picture = re.sub(r"@font-face\s*{.*?}\s*", "", picture, flags=re.DOTALL)
    Path(__file__).with_name("today.svg").write_text(picture, "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
