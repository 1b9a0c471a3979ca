# SPDX-License-Identifier: GPL-2.0-or-later
# cifssrv: `make help` lists what can be made.

KDIR      ?= /lib/modules/$(shell uname -r)/build
DESTDIR   ?=
PREFIX    ?= /usr
UNITDIR   ?= $(if $(filter /usr,$(PREFIX)),/lib,$(PREFIX)/lib)/systemd/system
MODDIR    ?= /lib/modules
SYSUSERS  ?= $(PREFIX)/lib/sysusers.d
COMPLETE  ?= $(PREFIX)/share/bash-completion/completions
DOC       ?= $(PREFIX)/share/doc/cifssrv
DKMS       = /usr/src/cifssrv-$(VERSION)
STRIP     ?= strip
KERNEL    ?=
SECS      ?= 600
T         ?=

top       := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
VERSION   := $(file < $(top)/VERSION)
build     := $(top)/build
mod       := $(top)/module
DOCS       = README.md CHANGELOG.md SECURITY.md MAINTAINERS LICENSE
UNITS      = cifssrv.service cifssrvd.service
MANPAGES   = $(wildcard $(top)/man/*.[1-9])
INSTALL   := install
again      = $(MAKE) --no-print-directory -f $(top)/Makefile

.DEFAULT_GOAL := all
.PHONY: all help daemon module module-if-headers gen gen-check install install-user install-module \
	dkms dkms-source dkms-install deb uninstall run check check-system check-fast check-long \
	check-races readme bench bench-count torture fuzz hooks lint sparse clean

# Without a module no server can be started, so that is no success.
all: daemon module-if-headers	## daemon, cifsadmin, and the module for the running kernel
	@[ -e $(mod)/cifssrv.ko ] || { echo '  For daemon and cifsadmin only: make daemon' >&2; exit 1; }

help:	## this list
	@echo 'Targets of cifssrv $(VERSION):'
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/  \1|\2/p' $(top)/Makefile | \
		awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo
	@echo 'Variables: KDIR (kernel build dir), KERNEL (make dkms, bench-count: another one), DESTDIR, PREFIX, MODDIR,'
	@echo '  STRIP (empty: nothing is stripped), SECS (fuzz), T (what to run, as tests/run --help says)'

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
	elif [ -e $(mod)/cifssrv.ko ]; then \
		echo "module/cifssrv.ko is there, for the kernel $(vermagic); there is no $(KDIR)."; \
	else \
		{ echo; echo 'NOT BUILT: the kernel module. There is no $(KDIR).'; \
		echo '  On Debian: apt-get install linux-headers-$(shell uname -r) && make'; \
		echo '  For another kernel: make module KDIR=/usr/src/linux-headers-VERSION'; } >&2; \
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

# one after the other under -j too
install: daemon module-if-headers	## into DESTDIR, PREFIX=/usr; needs root without DESTDIR
	+@$(again) install-user
	+@$(again) install-module

# Of an earlier version: what loaded the module in any case, and what hid Samba's smb.conf(5).
define forget_earlier
rm -f $(DESTDIR)$(PREFIX)/lib/modules-load.d/cifssrv.conf
page=$(DESTDIR)$(PREFIX)/share/man/man5/smb.conf.5; ! grep -qs '^.Xr cifssrvd 8' $$page || rm $$page
endef

install-user:
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)/etc/cifssrv $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(COMPLETE) $(DESTDIR)$(DOC) $(DESTDIR)$(SYSUSERS)
	$(INSTALL) -d -m 0700 $(DESTDIR)/var/lib/cifssrv
	$(INSTALL) -m 0755 $(if $(STRIP),-s --strip-program=$(STRIP)) $(build)/cifssrvd $(build)/cifsadmin \
		$(DESTDIR)$(PREFIX)/sbin/
	for u in $(UNITS); do \
		sed 's|/usr/sbin/|$(PREFIX)/sbin/|g' $(top)/etc/$$u > $(DESTDIR)$(UNITDIR)/$$u && \
		chmod 0644 $(DESTDIR)$(UNITDIR)/$$u || exit 1; \
	done
	$(INSTALL) -m 0644 $(top)/etc/bash-completion/cifsadmin $(DESTDIR)$(COMPLETE)/cifsadmin
	$(INSTALL) -m 0644 $(top)/etc/sysusers.d/cifssrv.conf $(DESTDIR)$(SYSUSERS)/
	$(INSTALL) -m 0644 $(top)/etc/fail2ban/cifssrv.conf $(DESTDIR)$(DOC)/fail2ban-filter.conf
	$(INSTALL) -m 0644 $(top)/etc/smb.conf.example $(DOCS:%=$(top)/%) $(DESTDIR)$(DOC)/
	test -e $(DESTDIR)/etc/cifssrv/smb.conf || \
		$(INSTALL) -m 0644 $(top)/etc/smb.conf.example $(DESTDIR)/etc/cifssrv/smb.conf
	for m in $(notdir $(MANPAGES)); do \
		d=$(DESTDIR)$(PREFIX)/share/man/man$${m##*.}; \
		$(INSTALL) -d $$d && $(INSTALL) -m 0644 $(top)/man/$$m $$d/ || exit 1; \
	done
	$(forget_earlier)
	@if $(on_system) && command -v systemd-sysusers > /dev/null; then systemd-sysusers $(SYSUSERS)/cifssrv.conf; fi
	@if $(on_system) && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

# Not a folder to be packed, but this machine.
on_system := [ -z "$(DESTDIR)" ]
# Does DKMS have any version of the module?
in_dkms   := $(on_system) && [ -d /var/lib/dkms/cifssrv ] && command -v dkms > /dev/null

# As etc/dkms-replace does.
dkms_forget = set -e; for source in /var/lib/dkms/cifssrv/*/source; do \
	[ -L $$source ] || continue; \
	v=$${source%/source}; v=$${v\#\#*/}; \
	if [ -e $$source/dkms.conf ]; then dkms remove cifssrv/$$v --all; \
	else rm -rf /var/lib/dkms/cifssrv/$$v; fi; done

# What was installed and what runs are two things.
say_loaded = [ ! -d /sys/module/cifssrv ] || { \
	echo 'The module that is loaded stays until the server is stopped:'; \
	echo '  systemctl stop cifssrv && rmmod cifssrv && systemctl start cifssrv cifssrvd'; }

# The kernel that module/cifssrv.ko was built for: in the headers of Debian 12 kernel.release, and with
# it "make kernelrelease", is not what the kernel calls itself.
vermagic   = $$(PATH=$$PATH:/usr/sbin:/sbin modinfo -F vermagic $(mod)/cifssrv.ko | cut -d ' ' -f 1)

# The DKMS source always; the module that was built, unless DKMS builds it.  An earlier version put it
# into updates/, where modprobe would find that one first.
install-module:
	+@set -e; \
	if $(in_dkms); then \
		$(again) dkms-install; \
		exit; \
	fi; \
	$(again) dkms-source; \
	if [ -e $(mod)/cifssrv.ko ]; then \
		kernel=$(vermagic); [ -n "$$kernel" ]; \
		dir=$(DESTDIR)$(MODDIR)/$$kernel/extra; \
		echo "installing $$dir/cifssrv.ko"; \
		$(INSTALL) -d $$dir; \
		$(INSTALL) -m 0644 $(mod)/cifssrv.ko $$dir/; \
		rm -f $(DESTDIR)$(MODDIR)/$$kernel/updates/cifssrv.ko*; \
		$(if $(STRIP),$(STRIP) --strip-debug $$dir/cifssrv.ko;) \
		if $(on_system); then \
			depmod -a $$kernel; \
			$(say_loaded); \
			[ $$kernel = $$(uname -r) ] || \
				echo "The module is for the kernel $$kernel; this one is $$(uname -r)."; \
		fi; \
	else \
		echo 'NO MODULE was installed, for none was built: see what `make` said.' >&2; \
		echo 'The server cannot be started without it.' >&2; \
		[ -n "$(DESTDIR)" ]; \
	fi

dkms-source:
	$(INSTALL) -d $(DESTDIR)$(DKMS)
	find $(DESTDIR)$(DKMS) -mindepth 1 -delete
	cd $(top)/module && find . \( -name '*.[ch]' -o -name Kbuild -o -name Makefile \) ! -name '*.mod.c' \
		-exec $(INSTALL) -D -m 0644 {} $(DESTDIR)$(DKMS)/{} \;
	sed 's/@VERSION@/$(VERSION)/' $(top)/module/dkms.conf.in > $(DESTDIR)$(DKMS)/dkms.conf

dkms: daemon	## install, and have DKMS build the module, for later kernels too
	+@$(again) install-user
	+@$(again) dkms-install

# Between two releases the version does not change, so what DKMS has of it is replaced.
dkms-install:
	@$(on_system) || { echo 'make dkms is for this machine; with DESTDIR: make install' >&2; exit 1; }
	@command -v dkms > /dev/null || { echo 'no dkms: apt-get install dkms' >&2; exit 1; }
	+@new=$$(mktemp -d); trap 'rm -rf "$$new"' EXIT; \
	$(again) dkms-source DESTDIR=$$new && \
	$(top)/etc/dkms-replace $(VERSION) $$new$(DKMS) $(MODDIR) $(or $(KERNEL),$$(uname -r))
	@$(say_loaded)

# In a copy, which has no object of this tree's builds.
deb:	## the packages cifssrv-dkms and cifssrv-tools, into build/
	@command -v dpkg-buildpackage dh dh_dkms > /dev/null || \
		{ echo 'Debian packages are missing: tests/deps.sh deb' >&2; exit 1; }
	@have=$$(dpkg-parsechangelog -l $(top)/debian/changelog -S Version); [ "$$have" = $(VERSION) ] || \
		{ echo "debian/changelog has the version $$have, VERSION $(VERSION)" >&2; exit 1; }
	rm -rf $(build)/deb $(build)/cifssrv*.deb $(build)/cifssrv_*
	mkdir -p $(build)/deb/cifssrv
	tar -C $(top) -c --exclude='*.o' --exclude='*.ko' --exclude='*.mod' --exclude='*.mod.c' \
		--exclude='.*.cmd' --exclude=modules.order --exclude=Module.symvers \
		Makefile VERSION $(DOCS) daemon debian etc man module | tar -C $(build)/deb/cifssrv -x
	cd $(build)/deb/cifssrv && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS dpkg-buildpackage -us -uc -b
	mv $(build)/deb/cifssrv[-_]* $(build)/
	@ls $(build)/*.deb

# Whatever systemd says: as long as the module is there, so is what can stop it.
stop_server = admin=$(build)/cifsadmin; [ -x $$admin ] || admin=$(PREFIX)/sbin/cifsadmin; \
	{ $$admin stop && PATH=$$PATH:/usr/sbin:/sbin rmmod cifssrv; } || { \
		echo 'NOTHING WAS REMOVED: the server still runs, or the module cannot be unloaded; see above' >&2; \
		exit 1; }

uninstall:	## stop the server, remove what install installed; configuration and accounts stay
	@if $(on_system) && [ -d /run/systemd/system ]; then systemctl stop $(UNITS) || true; fi
	@if $(on_system) && [ -d /sys/module/cifssrv ]; then $(stop_server); fi
	@if $(on_system) && [ -d /run/systemd/system ]; then systemctl disable $(UNITS) || true; fi
	@if $(in_dkms); then $(dkms_forget); fi
	rm -f $(DESTDIR)$(PREFIX)/sbin/cifssrvd $(DESTDIR)$(PREFIX)/sbin/cifsadmin \
		$(DESTDIR)$(SYSUSERS)/cifssrv.conf \
		$(UNITS:%=$(DESTDIR)$(UNITDIR)/%) $(DESTDIR)$(COMPLETE)/cifsadmin
	for m in $(notdir $(MANPAGES)); do \
		rm -f $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$$m; done
	rm -rf $(DESTDIR)$(DOC) $(DESTDIR)$(DKMS)
	$(forget_earlier)
	@set -e; for ko in $(DESTDIR)$(MODDIR)/*/extra/cifssrv.ko* $(DESTDIR)$(MODDIR)/*/extra/.cifssrv.ko* $(DESTDIR)$(MODDIR)/*/updates/cifssrv.ko*; do \
		[ -e "$$ko" ] || continue; \
		rm $$ko; k=$${ko%/*/*}; k=$${k##*/}; \
		if $(on_system) && [ -e $(MODDIR)/$$k/modules.dep ]; then depmod -a $$k; fi; done
	@if $(on_system) && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

# --- running and testing -----------------------------------------------------

run:	## serve the share `demo` from a virtual machine at PUBLISH (127.0.0.1:4450), until Ctrl-C
	@[ -x /usr/bin/python3 ] || { echo 'Debian packages (about 1 min)'; $(top)/tests/deps.sh demo; }
	@PUBLISH='$(PUBLISH)' $(top)/tests/demo

check-fast:	## every check that needs no guest and no root (some minutes)
	$(top)/tests/run $(or $(T),fast)

check:	## check-fast and everything in the 6.1 debug guest
	@if [ "$$(id -u)" = 0 ]; then $(top)/tests/deps.sh all; fi
	$(top)/tests/run $(or $(T),check)

check-races:	## robustness, torture, names, rights and administration in the newest kernel's SMP debug guest
	$(top)/tests/run $(or $(T),races)

check-long:	## the tests that are too long for check
	$(top)/tests/run $(or $(T),long)

check-system:	## the packages on Debian 12 with its own kernel in QEMU (root; T=newest: backports' kernel)
	@if [ "$$(id -u)" = 0 ]; then $(top)/tests/deps.sh system; fi
	$(top)/tests/run system/stock:$(or $(T),6.1)

readme:	## what README.md shows of a server at work, as one in a guest says it now (root)
	rm -rf $(build)/readme
	README_TEXTS=new $(top)/tests/run e2e/systemd
	$(top)/tests/doc/readme-texts write $(build)/readme

torture:	## smbtorture in the fast guest (T=smb2.read: only what begins so)
	$(top)/tests/run --fast torture$(if $(T),/must-pass:$(T))

bench:	## ratios against ksmbd and plain sockets, newest kernel, SMP
	$(top)/tests/bench/bench

bench-count:	## instructions per operation and ksmbd's, stock kernel in QEMU (BASE=FILE: against an earlier run's)
	@if [ "$$(id -u)" = 0 ]; then $(top)/tests/deps.sh count; fi
	$(top)/tests/bench/count $(if $(BASE),--base $(BASE)) $(if $(KERNEL),--kernel $(KERNEL)) $(T)

fuzz:	## every fuzzer for SECS seconds
	$(top)/tests/hostprogs fuzz --secs $(SECS) $(T)

# Off again: git config --unset core.hooksPath
hooks:	## git runs check-fast before each commit, and looks at the form of its message
	git -C $(top) config core.hooksPath tests/hooks

lint:	## layers, checkpatch, sparse, generated files, man pages …
	$(top)/tests/run lint

sparse:	## sparse over module/ against Debian's headers
	$(top)/tests/lint/source sparse

clean:	## everything that was built here; the guests' cache stays
	rm -rf $(build)
	find $(top)/module \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name modules.order -o -name Module.symvers \) -delete
