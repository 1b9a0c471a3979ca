# SPDX-License-Identifier: GPL-2.0-or-later
# cifssrv: `make help` lists what can be made.

VERSION := 0.1.0

KDIR      ?= /lib/modules/$(shell uname -r)/build
DESTDIR   ?=
PREFIX    ?= /usr
SYSCONF   ?= /etc
STATE     ?= /var/lib
UNITDIR   ?= $(if $(filter /usr,$(PREFIX)),/lib,$(PREFIX)/lib)/systemd/system
MODLOAD   ?= $(PREFIX)/lib/modules-load.d
COMPLETE  ?= $(PREFIX)/share/bash-completion/completions
DOC       ?= $(PREFIX)/share/doc/cifssrv
DKMS      := /usr/src/cifssrv-$(VERSION)
SECS      ?= 600
T         ?=

top       := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
build     := $(top)/build
mod       := $(top)/module
MANPAGES   = $(wildcard $(top)/man/*.[1-9])
INSTALL   := install

.DEFAULT_GOAL := all
.PHONY: all help daemon module module-if-headers gen gen-check install install-user install-module \
	uninstall run check check-fast check-long check-races bench torture fuzz lint sparse clean

all: daemon module-if-headers	## daemon, cifsadmin, and the module for the running kernel

help:	## this list
	@echo 'Targets of cifssrv $(VERSION):'
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/  \1|\2/p' $(top)/Makefile | \
		awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo
	@echo 'Variables: KDIR (kernel build dir), DESTDIR, PREFIX, SECS (fuzz), T (what to run, as tests/run --help says)'

# --- building ----------------------------------------------------------------

daemon:	## build/cifssrvd and build/cifsadmin
	@mkdir -p $(build)
	$(MAKE) -C $(top)/daemon

module:	## module/cifssrv.ko for the kernel at KDIR
	@test -e $(KDIR)/Makefile || { \
		echo 'no kernel build directory at $(KDIR); get it by: apt-get install linux-headers-$(shell uname -r)' >&2; \
		echo '(another kernel: make module KDIR=/usr/src/linux-headers-VERSION)' >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(top)/module modules

module-if-headers:
	@if [ -e $(KDIR)/Makefile ]; then \
		$(MAKE) --no-print-directory module; \
	else \
		echo; echo 'NOT BUILT: the kernel module. There is no $(KDIR).'; \
		echo '  On Debian: apt-get install linux-headers-$(shell uname -r) && make'; \
		echo '  For another kernel: make module KDIR=/usr/src/linux-headers-VERSION'; \
	fi

gen_src    = $(wildcard $(top)/configfs-schema/*.c)
$(build)/gen: $(gen_src) $(wildcard $(top)/configfs-schema/*.h)
	@mkdir -p $(build)
	$(CC) -std=gnu11 -O1 -g -Wall -Wextra -Werror -o $@ $(gen_src) -lconfig

gen: $(build)/gen	## write the generated files again
	$(build)/gen $(top)
	$(MAKE) -C $(top)/daemon gen
	@$(top)/tests/lint/generated write

gen-check: $(build)/gen	## are the generated files current?
	$(build)/gen --check $(top)
	$(MAKE) -C $(top)/daemon gen-check
	@$(top)/tests/lint/generated check

# --- installing --------------------------------------------------------------

install: all install-user install-module	## into DESTDIR, PREFIX=/usr; needs root without DESTDIR

install-user:
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(SYSCONF)/cifssrv $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(MODLOAD) $(DESTDIR)$(COMPLETE) $(DESTDIR)$(DOC)
	$(INSTALL) -d -m 0700 $(DESTDIR)$(STATE)/cifssrv
	$(INSTALL) -m 0755 $(build)/cifssrvd $(build)/cifsadmin $(DESTDIR)$(PREFIX)/sbin/
	$(INSTALL) -m 0644 $(top)/etc/cifssrv.service $(DESTDIR)$(UNITDIR)/
	$(INSTALL) -m 0644 $(top)/etc/modules-load.d/cifssrv.conf $(DESTDIR)$(MODLOAD)/cifssrv.conf
	$(INSTALL) -m 0644 $(top)/etc/bash-completion/cifsadmin $(DESTDIR)$(COMPLETE)/cifsadmin
	$(INSTALL) -m 0644 $(top)/etc/smb.conf.example $(wildcard $(top)/README.md) $(top)/LICENSE $(DESTDIR)$(DOC)/
	test -e $(DESTDIR)$(SYSCONF)/cifssrv/smb.conf || \
		$(INSTALL) -m 0644 $(top)/etc/smb.conf.example $(DESTDIR)$(SYSCONF)/cifssrv/smb.conf
	for m in $(notdir $(MANPAGES)); do \
		d=$(DESTDIR)$(PREFIX)/share/man/man$${m##*.}; \
		$(INSTALL) -d $$d && $(INSTALL) -m 0644 $(top)/man/$$m $$d/ || exit 1; \
	done
	@if [ -z "$(DESTDIR)" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

# the DKMS source always; the built module too where there is one
install-module:
	$(INSTALL) -d $(DESTDIR)$(DKMS)
	cd $(top)/module && find . \( -name '*.[ch]' -o -name Kbuild -o -name Makefile \) ! -name '*.mod.c' \
		-exec $(INSTALL) -D -m 0644 {} $(DESTDIR)$(DKMS)/{} \;
	sed 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="$(VERSION)"/' $(top)/module/dkms.conf \
		> $(DESTDIR)$(DKMS)/dkms.conf
	@if [ -e $(mod)/cifssrv.ko ] && [ -e $(KDIR)/Makefile ]; then \
		$(MAKE) -C $(KDIR) M=$(mod) INSTALL_MOD_PATH=$(DESTDIR) CONFIG_MODULE_SIG_ALL= \
			$(if $(DESTDIR),DEPMOD=true) modules_install && \
		if [ -z "$(DESTDIR)" ]; then depmod -a "$$(cat $(KDIR)/include/config/kernel.release)"; fi; \
	else \
		echo 'No module was built: installed its DKMS source only (dkms install cifssrv/$(VERSION)).'; \
	fi

uninstall:	## what install installed; configuration and accounts stay
	rm -f $(DESTDIR)$(PREFIX)/sbin/cifssrvd $(DESTDIR)$(PREFIX)/sbin/cifsadmin \
		$(DESTDIR)$(UNITDIR)/cifssrv.service $(DESTDIR)$(MODLOAD)/cifssrv.conf \
		$(DESTDIR)$(COMPLETE)/cifsadmin
	for m in $(notdir $(MANPAGES)); do \
		rm -f $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$$m; done
	rm -rf $(DESTDIR)$(DOC) $(DESTDIR)$(DKMS)
	for k in $(DESTDIR)/lib/modules/*/extra $(DESTDIR)/lib/modules/*/updates; do \
		rm -f $$k/cifssrv.ko*; done
	@if [ -z "$(DESTDIR)" ]; then \
		for k in /lib/modules/*/modules.dep; do \
			if [ -e "$$k" ]; then depmod -a "$$(basename "$$(dirname "$$k")")"; fi; done; fi

# --- running and testing -----------------------------------------------------

run:	## serve the share `demo` from a test guest on 127.0.0.1:4450, until Ctrl-C
	$(top)/tests/demo

check-fast:	## every check that needs no guest and no root (< 2 min)
	$(top)/tests/run $(or $(T),fast)

check:	## check-fast and everything in the 6.1 debug guest
	@if [ "$$(id -u)" = 0 ]; then $(top)/tests/deps.sh all; fi
	$(top)/tests/run $(or $(T),check)

check-races:	## robustness, admin and torture in the newest kernel's SMP debug guest
	$(top)/tests/run $(or $(T),races)

check-long:	## the tests that are too long for check
	$(top)/tests/run $(or $(T),long)

torture:	## smbtorture in the fast guest (T=smb2.read: only what begins so)
	$(top)/tests/run --fast torture$(if $(T),/must-pass:$(T))

bench:	## ratios against ksmbd and plain sockets, newest kernel, SMP
	$(top)/tests/bench/bench

fuzz:	## every fuzzer for SECS seconds
	$(top)/tests/hostprogs fuzz --secs $(SECS) $(T)

lint:	## layers, checkpatch, sparse, generated files, man pages …
	$(top)/tests/run lint

sparse:	## sparse over module/ against Debian's headers
	$(top)/tests/lint/source sparse

clean:	## everything that was built here; the guests' cache stays
	rm -rf $(build)
	find $(top)/module \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name modules.order -o -name Module.symvers \) -delete
