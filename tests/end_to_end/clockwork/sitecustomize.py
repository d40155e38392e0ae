"""Put on a subprocess's PYTHONPATH to let the installed program live at another time.

Python imports `sitecustomize` at start; `TEST_NOW` (ISO 8601 with offset) is where its clock begins to tick.
The program itself has no such switch: nothing in it can be told to believe another time.
"""

import os
from datetime import datetime

if os.environ.get("TEST_NOW"):
    import time_machine

    time_machine.travel(datetime.fromisoformat(os.environ["TEST_NOW"]), tick=True).start()
