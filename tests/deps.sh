#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Install what building and testing need, from Debian packages; nothing is done when all is there.
set -euo pipefail

usage() {
	cat <<-EOF
	usage: tests/deps.sh [--check] [daemon|deb|build|demo|guest|torture|bench|count|lint|system|all]...

	Installs the Debian packages of the groups named (default: all) that are missing.
	--check only lists what is missing and fails if anything is.
	EOF
}

# shellcheck disable=SC2034 # used by name
# what the daemon and, with headers, the module are built with
daemon="gcc make libc6-dev pkg-config libtalloc-dev libsystemd-dev libgcrypt20-dev libtasn1-6-dev
	libjansson-dev libsmartcols-dev libbsd-dev libseccomp-dev"
# what `make deb` needs, and no more
deb="$daemon build-essential dpkg-dev debhelper dh-dkms fakeroot"
build="$daemon flex bison bc libelf-dev libssl-dev libconfig-dev libtasn1-bin ccache python3 rsync
	xz-utils patch kmod cpio"
# no more than `make run` needs
# shellcheck disable=SC2034 # used by name
demo="$daemon python3 linux-headers-amd64 qemu-system-x86 busybox kmod cpio e2fsprogs util-linux
	smbclient"
guest="$build linux-source-6.1 iproute2 iputils-ping e2fsprogs util-linux busybox socat cifs-utils
	smbclient fio attr acl procps strace debootstrap"
# shellcheck disable=SC2034
torture="$guest smbclient libpython3.11 iptables"
# shellcheck disable=SC2034
bench="$guest fio smbclient libglib2.0-0 libnl-3-200 libnl-genl-3-200"
# beside a guest's needs: what ksmbd-tools are linked with, and what a newer kernel is packed with
# shellcheck disable=SC2034
count="$demo libglib2.0-0 libnl-3-200 libnl-genl-3-200 zstd"
# shellcheck disable=SC2034
lint="$build sparse spin mandoc clang clang-22 clang-format llvm libclang-rt-14-dev linux-headers-amd64
	shellcheck dkms perl libasan8 libubsan1 python3-docutils"
# shellcheck disable=SC2034
system="$demo $deb lintian mmdebstrap zstd"

check=
groups=()
for arg; do
	case $arg in
	--check) check=1 ;;
	-h | --help) usage; exit 0 ;;
	daemon | deb | build | demo | guest | torture | bench | count | lint | system)
		groups+=("$arg") ;;
	all) groups+=(build demo guest torture bench lint) ;;
	*) usage >&2; exit 2 ;;
	esac
done
[ ${#groups[@]} -gt 0 ] || groups=(build demo guest torture bench lint)

# shellcheck disable=SC2086 # lists of names
wanted=$(for g in "${groups[@]}"; do printf '%s\n' ${!g}; done | sort -u)
# one query for all: the names of those that are installed
present=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2> /dev/null |
	sed -n 's/ installed$//p' | sort -u)
missing=$(comm -23 <(echo "$wanted") <(echo "$present") | xargs)
[ -n "$missing" ] || exit 0

if [ -n "$check" ]; then
	echo "deps.sh: missing: $missing"
	echo "deps.sh: install with: tests/deps.sh ${groups[*]}"
	exit 1
fi
if [ "$(id -u)" != 0 ]; then
	echo "deps.sh: run as root, or: apt-get install $missing" >&2
	exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -q -y -o DPkg::Lock::Timeout=600)
echo "deps.sh: installing $missing" >&2
# shellcheck disable=SC2086 # a list of names
if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends $missing; } \
	> "$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "deps.sh: apt-get failed" >&2
	exit 1
fi
