"""Starts `rasa run` for the supervisor: `python serve.py <arguments of rasa run>` from this folder.

Three things that Rasa's own command can't do:

- the access token is read from the first line of standard input, because `--auth-token` on a command line can be
  read by every account of the machine (`ps`);
- when standard input closes, the supervisor is gone, even by SIGKILL: the server stops, nothing is left behind;
- Python warnings are silenced, because Rasa quotes the message in some of them ("Failed to parse arguments in
  line …") and no message text may reach a log.
"""

import os
import signal
import sys
import threading
import warnings

from rasa.__main__ import main


def _stop_when_input_closes() -> None:
    while sys.stdin.readline():
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _say_nothing(*_warning: object, **_more: object) -> None:
    """Stands in for `warnings.showwarning`."""


if __name__ == "__main__":
    warnings.showwarning = _say_nothing
    sys.argv = ["rasa", "run", *sys.argv[1:], "--auth-token", sys.stdin.readline().strip()]
    threading.Thread(target=_stop_when_input_closes, daemon=True).start()
    main()
