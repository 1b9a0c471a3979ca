# SPDX-License-Identifier: GPL-2.0-or-later
"""The look at a guest after every test: kernel log, kmemleak, object counters.

Exit status 0: clean; 1: something was found; 2: the scan could not be done.
"""
from __future__ import annotations

import json
import re
import time

from . import guest
from .common import Fail, VMDIR
from .guest import State, in_guest

# what no test may leave in the kernel log
SPLATS = re.compile(r"""
    BUG: | BUG\ at | WARNING: | KASAN: | KFENCE: | KCSAN: | UBSAN: | \bOops\b
  | Kernel\ panic | general\ protection | Unable\ to\ handle | Segfault\ with\ no\ mm
  | Kernel\ tried\ to\ access | Kernel\ access\ to\ unmapped
  | possible\ (circular|recursive|irq|inconsistent|deadlock|unsafe)
  | inconsistent\ lock\ state | INFO:\ task\ .*\ blocked | INFO:\ rcu | rcu:.*detected
  | soft\ lockup | hard\ LOCKUP | workqueue\ lockup | hogged\ CPU
  | INFO:\ trying\ to\ register\ non-static\ key
  | refcount_t | sleeping\ function | scheduling\ while\ atomic | Voluntary\ context\ switch
  | list_(add|del)\ corruption | slab.*\ corrupt | Redzone | Poison\ overwritten
  | Object\ already\ free | Objects\ remaining | ODEBUG: | page\ dumped\ because
  | DEBUG_LOCKS_WARN | bad\ unlock\ balance | held\ lock\ freed | still\ holding\ .*lock
  | lock\ held\ when\ returning | lock\ held\ at\ task\ exit | nested\ lock\ was\ not\ taken
  | suspicious\ RCU\ usage | unreferenced\ object | new\ suspected\ memory\ leaks
  | cut\ here | Bad\ page | corrupted\ stack | Out\ of\ memory | oom-kill
  | EXT4-fs\ error | unregister_netdevice:\ waiting
""", re.X)
END = re.compile(r"---\[ end | \]---$|^={20,}$")
SHOW = 70       # lines of one report
LEAK_AGE = 5.5  # kmemleak reports nothing younger than 5 s
COUNTERS = "/sys/fs/cifssrv/objects"


class CannotScan(Exception):
    """The scan itself failed: that is no pass."""


def allowed() -> list[re.Pattern[str]]:
    """tests/vm/scan.allow: REGEX ## reason; a line without a reason is an error."""
    found = []
    for n, line in enumerate((VMDIR / "scan.allow").read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        regex, sep, reason = line.partition(" ## ")
        if not sep or not reason.strip():
            raise CannotScan(f"tests/vm/scan.allow:{n}: no ` ## reason`")
        try:
            found.append(re.compile(regex.strip()))
        except re.error as e:
            raise CannotScan(f"tests/vm/scan.allow:{n}: {e}") from e
    return found


# --- the kernel log ----------------------------------------------------------

def notes(st: State) -> dict:
    try:
        return json.loads((st.run / "scan.json").read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as e:
        raise CannotScan(f"{st.run}/scan.json: {e}") from e


def note(st: State, **values) -> None:
    (st.run / "scan.json").write_text(json.dumps({**notes(st), **values}))


def new_log(st: State, everything: bool) -> str:
    try:
        data = (st.run / "console.log").read_bytes()
    except OSError as e:
        raise CannotScan(f"kernel log: {e}") from e
    if b"Linux version" not in data[:65536]:
        raise CannotScan(f"{st.run}/console.log does not begin with a kernel's boot messages")
    start = 0 if everything else notes(st).get("offset", 0)
    if start > len(data):
        raise CannotScan(f"{st.run}/console.log has shrunk")
    # whole lines only: the rest of a line may be on its way
    end = data.rfind(b"\n") + 1
    note(st, offset=max(end, start))
    return data[start:end].decode(errors="replace").replace("\r", "")


def splats(text: str) -> list[str]:
    """Reports in the log, each with the lines that follow it up to its end mark."""
    ok = allowed()
    lines = text.splitlines()
    reports, i = [], 0
    while i < len(lines):
        if SPLATS.search(lines[i]) and not any(a.search(lines[i]) for a in ok):
            j = i + 1
            while j < len(lines) and j - i < SHOW:
                j += 1
                if j - i > 4 and END.search(lines[j - 1]):
                    break
            reports.append("\n".join(lines[i:j]))
            i = j
        else:
            i += 1
    return reports


# --- leaks -------------------------------------------------------------------

def leaks(st: State) -> tuple[list[str], list[str]]:
    """(reports that name cifssrv, others); what was reported is not reported again."""
    k = "/sys/kernel/debug/kmemleak"
    r = in_guest(st.name, f"test -e {k} || exit 3; echo scan > {k} && sleep {LEAK_AGE} && "
                 f"echo scan > {k} && cat {k} && echo clear > {k}", timeout=180)
    if r.returncode:
        raise CannotScan(f"kmemleak ({r.returncode}): {r.stderr.strip() or 'not in this kernel'}")
    reports = [s for s in re.split(r"(?m)^(?=unreferenced object)", r.stdout) if s.strip()]
    ours = [s for s in reports if "cifssrv" in s]
    return ours, [s for s in reports if s not in ours]


# --- counters ----------------------------------------------------------------

def counters(st: State) -> dict[str, int] | None:
    """Live objects by name; None without the module.  A module without counters is an error."""
    r = in_guest(st.name, f"grep -q '^cifssrv ' /proc/modules || exit 0; cd {COUNTERS} || exit 1;"
                 "echo loaded; for f in *; do echo \"$f $(cat \"$f\")\"; done")
    if r.returncode:
        raise CannotScan(f"the module is loaded but {COUNTERS} cannot be read: {r.stderr.strip()}")
    lines = r.stdout.splitlines()
    if not lines:
        return None
    live = {}
    for line in lines[1:]:
        f = line.split()
        if len(f) != 3 or not (f[1].isdigit() and f[2].isdigit()):
            raise CannotScan(f"{COUNTERS}: `{line}` is not `created destroyed`")
        live[f[0]] = int(f[1]) - int(f[2])
    if not live:
        raise CannotScan(f"{COUNTERS} is empty")
    return live


def store_baseline(st: State) -> None:
    live = counters(st)
    note(st, live=live or {})


# Durable opens of clients that have gone: they wait for minutes, and that is no leak.
CLOSE_LOST = """cifsadmin open list --json | python3 -c '
import json, sys
print(*[o["open"] for o in json.load(sys.stdin) if o["disconnected"]])' | xargs -r cifsadmin open close"""


def unbalanced(st: State, settle: float) -> list[str]:
    """Counters above their baseline; connections get a moment to end."""
    base = notes(st).get("live")
    end, closed = time.monotonic() + settle, 0
    while True:
        live = counters(st)
        if live is None:
            return []
        if live.get("durables") and closed < 3:     # on a busy machine this takes longer than SETTLE
            in_guest(st.name, CLOSE_LOST)
            end, closed = time.monotonic() + settle, closed + 1
            continue
        if base is None:
            raise CannotScan("no baseline to compare counters with: vm scan --baseline")
        bad = [f"{k}: {v} alive, {base.get(k, 0)} before" for k, v in live.items()
               if v > base.get(k, 0) or v < 0]
        if not bad or time.monotonic() > end:
            return bad
        time.sleep(0.1)


# --- all of it ---------------------------------------------------------------

def show(title: str, reports: list[str], most: int = 5) -> None:
    for r in reports[:most]:
        print(f"--- {title}\n{r.rstrip()}")
    if len(reports) > most:
        print(f"--- {title}: {len(reports) - most} more")


def main(args) -> int:
    bad = 0
    try:
        try:
            st = guest.load(args.name)
            if st is None:
                raise CannotScan(f"there is no guest `{args.name}`")
            reports = splats(new_log(st, args.all))
            show("kernel log", reports)
            bad += len(reports)
            guest.need(args.name)
        except Fail as e:
            raise CannotScan(f"the guest is gone: {e}") from e
        if args.baseline:
            store_baseline(st)
        else:
            off = unbalanced(st, args.settle)
            show("object counters", off, 99)
            bad += len(off)
        if st.flavor == "debug" and args.leaks:
            ours, others = leaks(st)
            show("kmemleak", ours)
            show("kmemleak, not ours (reported only)", others, 2)
            bad += len(ours)
            late = splats(new_log(st, False))       # what kmemleak's own scan set off
            late = [s for s in late if "suspected memory leaks" not in s.splitlines()[0]]
            show("kernel log", late)
            bad += len(late)
    except CannotScan as e:
        print(f"--- scan not possible: {e}")
        return 2
    return 1 if bad else 0
