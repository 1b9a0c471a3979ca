#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: revoke everything, end the daemon, see every object gone, unload the module.
# unload.sh --clients: clients are connected, and the module goes while their connections end.
set -eu
config=/sys/kernel/config/cifssrv objects=/sys/fs/cifssrv/objects
[ -d "$config" ] || { echo "unload: the module is not loaded"; exit 1; }
for item in "$config"/listeners/* "$config"/shares/* "$config"/users/*; do
    [ ! -d "$item" ] || rmdir "$item"
done
if [ -s /run/cifssrvd.pid ]; then
    pid=$(cat /run/cifssrvd.pid)
    kill "$pid" 2>/dev/null || true
    n=0
    while [ -e "/proc/$pid" ] && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null; do
        n=$((n + 1))
        [ $n -le 150 ] || { echo "unload: cifssrvd ($pid) does not end"; exit 1; }
        sleep 0.1
    done
    rm -f /run/cifssrvd.pid
fi
n=0
while [ "${1:-}" != --clients ]; do
    alive=
    for f in "$objects"/*; do
        read -r created destroyed <"$f"
        # IPC$ is the module's own share: it comes and goes with it
        [ "${f##*/}" != shares ] || destroyed=$((destroyed + 1))
        [ "$created" = "$destroyed" ] || alive="$alive ${f##*/}:$((created - destroyed))"
    done
    [ -n "$alive" ] || break
    n=$((n + 1))
    [ $n -le 100 ] || { echo "unload: objects still alive:$alive"; exit 1; }
    sleep 0.1
done
rmmod cifssrv
