// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/policy/sharepath.c
/* Macros in the path of a share: what they become, and what never gets into a path. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/sharepath.h"

#define SIZE 64

static const struct csrv_path_values alice = {
	.session_user = "alice", .session_group = "people", .user = "web", .group = "www",
	.home = "/home/alice/", .client = "192.0.2.7", .share = "data",
};

static void becomes(const char *path, const struct csrv_path_values *v, const char *want, size_t own)
{
	char buf[SIZE], macro;
	size_t n;
	int err = csrv_path_expand(path, v, buf, sizeof(buf), &n, &macro);

	if (!want) {
		assert(err);
		return;
	}
	assert(!err && !strcmp(buf, want));
	assert(n == own);
}

static void paths_without_macros_are_everybodys(void)
{
	assert(csrv_path_check("/srv/data") == 0);
	assert(csrv_path_check("/srv/100%%") == 0);
	becomes("/srv/data", NULL, "/srv/data", 9);
	becomes("/srv/100%%", NULL, "/srv/100%", 9);
	becomes("/", NULL, "/", 1);
}

static void unknown_macros_are_refused(void)
{
	static const char *const bad[] = { "/srv/%", "/srv/%x", "/srv/%h", "/srv/%L", "/%U/%", "/% U",
					   "/%u%", "/%\xc3\xbc" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert(csrv_path_check(bad[i]) == -EINVAL);
	assert(csrv_path_check("/%U%u%g%G%H%m%I%S%%") == 1);
}

/* What no session could connect to is refused when it is configured. */
static void components_of_dots_are_refused_with_macros(void)
{
	static const char *const bad[] = { "/home/./%U", "/home/../%U", "/%U/.", "/%U/..", "%H/./x", "%H/..",
					   "/./%U", "/.%H", "/srv/..%H", "/srv/.%H/x", "./%U", "%U/x",
					   "srv/%U", "%%/%U", ".%H" };
	static const char *const good[] = { "/home/.%U", "/home/..%U", "/%U.", "/%U..", "/.../%U", "/a./%U",
					    "/a..%H", "/...%H", "%H..", "%H/.x", "//%U//", "/.%%/%U" };
	char macro, buf[SIZE];
	size_t own;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert(csrv_path_check(bad[i]) == -EINVAL);
		assert(csrv_path_expand(bad[i], &alice, buf, sizeof(buf), &own, &macro) == -EINVAL);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert(csrv_path_check(good[i]) == 1);
		assert(!csrv_path_expand(good[i], &alice, buf, sizeof(buf), &own, &macro));
	}
	assert(csrv_path_check("/srv/./data") == 0);
}

static void each_macro_has_its_value(void)
{
	becomes("/d/%U", &alice, "/d/alice", 3);
	becomes("/d/%G", &alice, "/d/people", 3);
	becomes("/d/%u", &alice, "/d/web", 3);
	becomes("/d/%g", &alice, "/d/www", 3);
	becomes("/d/%m-%I", &alice, "/d/192.0.2.7-192.0.2.7", 3);
	becomes("/d/%S", &alice, "/d/data", 3);
	becomes("%H", &alice, "/home/alice", 1);
	becomes("%H/doc", &alice, "/home/alice/doc", 1);
	becomes("/mnt%H/doc", &alice, "/mnt/home/alice/doc", 1);
	becomes("/mnt/a-%U%%/%S", &alice, "/mnt/a-alice%/data", 5);
	becomes("/a/b/%%/c%U", &alice, "/a/b/%/calice", 7);
}

static void the_common_part_is_a_directory(void)
{
	static const char *const fixed[][2] = {
		{ "/home/%U", "/home/" }, { "%H", "/" }, { "%H/x", "/" }, { "/srv/a%U/b", "/srv/" },
		{ "/a%%b/%U", "/a%b/" }, { "/%S", "/" }, { "/srv/data", "/srv/data" },
	};
	char buf[SIZE];

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		assert(!csrv_path_fixed(fixed[i][0], buf, sizeof(buf)));
		assert(!strcmp(buf, fixed[i][1]));
	}
	assert(csrv_path_fixed("/123456789", buf, 10) == -ENAMETOOLONG);
	assert(!csrv_path_fixed("/123456789", buf, 11));
}

static void no_value_leads_elsewhere(void)
{
	static const char *const bad[] = { NULL, "", ".", "..", "/", "a/b", "../x", "x/.." };
	static const char *const good[] = { "...", ".a", "a.", "a b", "::1", "DOM\\alice", "-" };
	static const char macros[] = "UuGgmIS";
	char path[] = "/d/%?", want[SIZE];

	for (size_t m = 0; m < sizeof(macros) - 1; m++) {
		path[4] = macros[m];
		for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
			const struct csrv_path_values v = { bad[i], bad[i], bad[i], bad[i], bad[i],
							    bad[i], bad[i] };

			becomes(path, &v, NULL, 0);
		}
		for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
			const struct csrv_path_values v = { good[i], good[i], good[i], good[i],
							    good[i], good[i], good[i] };

			snprintf(want, sizeof(want), "/d/%s", good[i]);
			becomes(path, &v, want, 3);
		}
	}
}

static void a_home_is_a_directory_below_the_root(void)
{
	static const char *const bad[] = { NULL, "", "/", "//", "home", "./home", "../home", "/..", "/.",
					   "/home/..", "/home/../x", "/home/./x", "/../x" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const struct csrv_path_values v = { .home = bad[i] };

		becomes("%H", &v, NULL, 0);
		becomes("/d%H/e", &v, NULL, 0);
	}
	becomes("%H", &(struct csrv_path_values){ .home = "//home//x//" }, "//home//x", 1);
	becomes("/srv/..%H", &alice, NULL, 0);
	becomes("/srv/.%H", &alice, NULL, 0);
}

static void the_buffer_is_never_left(void)
{
	char buf[SIZE], macro, home[SIZE * 2];
	size_t own;

	memset(home, 'h', sizeof(home));
	home[0] = '/';
	for (size_t len = 2; len < sizeof(home); len++) {
		const struct csrv_path_values v = { .home = home, .session_user = home + 1 };
		char after = home[len];
		int err;

		home[len] = 0;
		err = csrv_path_expand("%H", &v, buf, sizeof(buf), &own, &macro);
		assert(err == (len < sizeof(buf) ? 0 : -ENAMETOOLONG));
		err = csrv_path_expand("/%U/x", &v, buf, sizeof(buf), &own, &macro);
		assert(err == (len + 2 < sizeof(buf) ? 0 : -ENAMETOOLONG));
		home[len] = after;
	}
}

int main(void)
{
	paths_without_macros_are_everybodys();
	unknown_macros_are_refused();
	components_of_dots_are_refused_with_macros();
	each_macro_has_its_value();
	the_common_part_is_a_directory();
	no_value_leads_elsewhere();
	a_home_is_a_directory_below_the_root();
	the_buffer_is_never_left();
	puts("model_sharepath: ok");
	return 0;
}
