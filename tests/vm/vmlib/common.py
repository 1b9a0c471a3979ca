# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths, messages, locks and commands; used by everything but the quick path of `vm sh`."""
from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Sequence

VMDIR = Path(__file__).resolve().parent.parent
TOP = VMDIR.parent.parent
CACHE = Path(os.environ["CIFSSRV_CACHE"])
JOBS = os.environ.get("CIFSSRV_JOBS") or str(os.cpu_count() or 1)


class Fail(Exception):
    """Something the user has to be told; the text says what to do."""


def say(text: str) -> None:
    """Progress goes to stderr: stdout is for results (paths, logs)."""
    print(f"vm: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold PATH exclusively; say so when somebody else has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="ascii") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another {what} to finish")
            fcntl.flock(f, fcntl.LOCK_EX)
        yield


def tail(path: Path, lines: int = 30) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def logged(cmd: Sequence[str], log: Path, what: str, env: dict[str, str] | None = None,
           nice: bool = False) -> None:
    """Run CMD with all output appended to LOG; on failure show its end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    cmd = [*(("nice", "-n", "15") if nice else ()), *cmd]
    with open(log, "a", encoding="utf-8") as f:
        f.write("+ " + " ".join(cmd) + "\n")
        f.flush()
        rc = subprocess.run(cmd, stdin=subprocess.DEVNULL, stdout=f, stderr=f, env=env,
                            check=False).returncode
    if rc:
        raise Fail(f"{what} failed ({rc}); end of {log}:\n{tail(log)}")


def output(cmd: Sequence[str]) -> str:
    r = subprocess.run(cmd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if r.returncode:
        raise Fail(f"`{' '.join(cmd)}` failed ({r.returncode}): {r.stderr.strip()}")
    return r.stdout


def quiet(*cmd: str) -> bool:
    """Run CMD without output; True if it worked."""
    return subprocess.run(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0
