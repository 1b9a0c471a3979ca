// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/configfs/text.c module/core/hosts.c daemon/conf/*.c daemon/passdb/nss.c daemon/util/utf.c | flags: -Itests/shim -Imodule
/* The kernel takes all that the daemon may write, unchanged, and refuses what is not legal. */
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configfs/text.h"
#include "conf/param.h"
#include "core/hosts.h"

static const struct conf_table *const tables[] = {
	&conf_server_table, &conf_share_table, &conf_user_table, &conf_listener_table
};

/* The rule that the generator writes for the kernel. */
static struct csrv_text_rule rule_of(const struct conf_param *p)
{
	return (struct csrv_text_rule) {
		.format = (enum csrv_text_format)p->format, .max = p->max, .lo = p->lo, .hi = p->hi,
		.list = p->type == CONF_LIST, .words = p->values,
	};
}

static const struct conf_param *param_of(const char *scope, const char *attr)
{
	for (size_t i = 0; i < 4; i++)
		if (!strcmp(tables[i]->scope, scope))
			return &tables[i]->params[conf_table_attr(tables[i], attr)];
	abort();
}

static bool unchanged(const struct csrv_text_rule *rule, const char *text)
{
	char buf[8192];

	assert(strlen(text) < sizeof(buf));
	strcpy(buf, text);
	return !csrv_text_canon(buf, rule) && !strcmp(buf, text);
}

static void assert_becomes(const struct csrv_text_rule *rule, const char *in, const char *out)
{
	char buf[256];
	const char *legal;

	strcpy(buf, in);
	legal = csrv_text_canon(buf, rule);
	if (!out ? !legal : legal || strcmp(buf, out))
		fprintf(stderr, "\"%s\" became \"%s\" (%s)\n", in, buf, legal ? legal : "good");
	assert(out ? !legal && !strcmp(buf, out) : !!legal);
}

static void test_vectors(void)
{
	FILE *f = fopen("tests/unit/conf/vectors_gen.tsv", "r");
	char *line = NULL;
	size_t size = 0, n = 0;

	assert(f);
	while (getline(&line, &size, f) > 0) {
		char *s = line, *field[6];
		const struct conf_param *p;
		struct csrv_text_rule rule;

		line[strcspn(line, "\n")] = 0;
		if (*line == '#')
			continue;
		for (int i = 0; i < 6; i++)
			field[i] = strsep(&s, "\t");
		p = param_of(field[0], field[1]);
		if (p->to != CONF_TO_KERNEL || strcmp(field[3], "ok") || *field[5] == '@' ||
		    (p->type != CONF_STRING && p->type != CONF_LIST))
			continue;
		rule = rule_of(p);
		if (!unchanged(&rule, field[5])) {
			fprintf(stderr, "%s/%s: %s\n", field[0], field[1], field[5]);
			abort();
		}
		n++;
	}
	free(line);
	fclose(f);
	assert(n > 30);
}

static void test_defaults(void)
{
	for (size_t t = 0; t < 4; t++) {
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct conf_param *p = &tables[t]->params[i];
			struct csrv_text_rule rule = rule_of(p);

			if (p->type == CONF_STRING || p->type == CONF_LIST)
				assert(!*p->def || unchanged(&rule, p->def));
		}
	}
}

static void test_strings(void)
{
	struct csrv_text_rule text = { .format = CSRV_TEXT_TEXT, .max = 5 };
	struct csrv_text_rule path = { .format = CSRV_TEXT_PATH, .max = 100 };
	struct csrv_text_rule ifname = { .format = CSRV_TEXT_IFNAME, .max = 15 };
	struct csrv_text_rule address = { .format = CSRV_TEXT_ADDRESS, .max = 64 };

	assert_becomes(&text, "12345", "12345");
	assert_becomes(&text, "123456", NULL);
	assert_becomes(&text, "a\tb", NULL);
	assert_becomes(&text, "\xc3\xa4", "\xc3\xa4");
	assert_becomes(&text, "\xc0\x80", NULL);	/* overlong */
	assert_becomes(&text, "\xed\xa0\x80", NULL);	/* surrogate */
	assert_becomes(&text, "\xf4\x90\x80\x80", NULL);	/* beyond U+10FFFF */
	assert_becomes(&text, "\xe2\x82", NULL);	/* cut short */
	assert_becomes(&path, "/", "/");
	assert_becomes(&path, "/a/..b/c..", "/a/..b/c..");
	assert_becomes(&path, "/a/../b", NULL);
	assert_becomes(&path, "a", NULL);
	assert_becomes(&path, "%H/x", "%H/x");
	assert_becomes(&path, "%U/x", NULL);
	assert_becomes(&path, "%H/../x", NULL);
	assert_becomes(&ifname, "eth0", "eth0");
	assert_becomes(&ifname, "", "");
	assert_becomes(&ifname, "..", NULL);
	assert_becomes(&address, "", NULL);
	assert_becomes(&address, "::1%eth0", NULL);
}

static void test_lists(void)
{
	static const char *const words[] = { "A", "BB", NULL };
	struct csrv_text_rule users = { .format = CSRV_TEXT_USERS, .max = 100, .list = true };
	struct csrv_text_rule numbers = { .format = CSRV_TEXT_NUMBERS, .max = 100, .list = true,
					  .lo = 2, .hi = 9 };
	struct csrv_text_rule groups = rule_of(param_of("share", "force_groups"));
	struct csrv_text_rule choice = { .format = CSRV_TEXT_CHOICE, .max = 100, .list = true,
					 .words = words };
	struct csrv_text_rule names = { .format = CSRV_TEXT_NAMES, .max = 100, .list = true };

	assert_becomes(&users, "  a,,b  ,@5 ", "a b @5");
	assert_becomes(&users, "", "");
	assert_becomes(&users, " , ", "");
	assert_becomes(&users, "@staff", NULL);
	assert_becomes(&users, "@", NULL);
	assert_becomes(&users, "@4294967295", NULL);	/* no group: -1 */
	assert_becomes(&users, "@99999999999999999999", NULL);
	assert_becomes(&users, "DOM\\a", NULL);
	assert_becomes(&numbers, "2,9", "2 9");
	assert_becomes(&numbers, "1", NULL);
	assert_becomes(&numbers, "10", NULL);
	assert_becomes(&groups, " 27,100 0 ", "27 100 0");
	assert_becomes(&groups, "4294967294", "4294967294");
	assert_becomes(&groups, "4294967295", NULL);	/* no group: -1 */
	assert_becomes(&groups, "27 staff", NULL);
	assert_becomes(&groups, "-1", NULL);
	assert_becomes(&choice, "BB,A", "BB A");
	assert_becomes(&choice, "A A", NULL);
	assert_becomes(&choice, "AB", NULL);
	assert_becomes(&choice, "B", NULL);
	assert_becomes(&names, "/a b/*.tmp/", "/a b/*.tmp/");
}

/* What a list of hosts means, and nothing that means nothing: it would deny nobody. */
static void test_hosts(void)
{
	static const char *const good[] = {
		"192.0.2.7", "192.0.2.0/24", "192.0.2.0/255.255.255.0", "192.0.2.", "10.", "0.0.0.0/0",
		"192.0.2.7/255.255.255.255", "2001:db8::/32", "::1", "::ffff:192.0.2.0/120", "ALL",
		"all", "ALL EXCEPT 192.0.2.7", "a::b EXCEPT ALL EXCEPT 10.",
	};
	static const char *const bad[] = {
		"192.0.2", "192.0.2.x", "192.0.2.0/33", "192.0.2.0/255.0.255.0", "192.0.2.0/",
		"192.0.2.0/24/8", "192.0.2.0/-1", "192.0.2.0/0x10", "192.0.2.0/255.255.255", "256.",
		"1.2.3.4.", ".", "1..", "01.", "host", "host.example.org", "LOCAL", "@group",
		"::ffff:192.0.2.0/24", "::1/129", "::1/255.255.255.0", "::g", "EXCEPT 10.", "EXCEPT",
		"10. 192.0.2.x", "ALL EXCEPT 192.0.2.0/",
		"192.0.2.10-192.0.2.99", "192.0.2.1_x", "192.0.2.1:445", "2001:db8::host", "fe80::1%eth0",
		"192.0.2.0/255.255.255.0xyz", "2001:db8::x/32",
	};
	struct csrv_text_rule hosts = { .format = CSRV_TEXT_HOSTS, .max = 100, .list = true };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_becomes(&hosts, good[i], good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_becomes(&hosts, bad[i], NULL);
	assert_becomes(&hosts, "", "");
}

static void assert_net(const char *text, const char *addr, u32 bits)
{
	struct csrv_host_net net;
	unsigned char want[16];

	assert(inet_pton(AF_INET6, addr, want) == 1);
	assert(csrv_host_net_parse(text, strlen(text), &net));
	assert(net.bits == bits && !memcmp(net.addr, want, 16));
}

static void test_host_nets(void)
{
	assert_net("192.0.2.0/24", "::ffff:192.0.2.0", 120);
	assert_net("192.0.2.0/255.255.255.0", "::ffff:192.0.2.0", 120);
	assert_net("::ffff:192.0.2.0/120", "::ffff:192.0.2.0", 120);
	assert_net("192.0.2.0/0.0.0.0", "::ffff:192.0.2.0", 96);
	assert_net("192.0.2.7", "::ffff:192.0.2.7", 128);
	assert_net("2001:db8::/32", "2001:db8::", 32);
}

static void test_names_and_numbers(void)
{
	u64 v;

	assert(csrv_text_name_ok("data", 80, "/"));
	assert(!csrv_text_name_ok("", 80, "/"));
	assert(!csrv_text_name_ok("a/b", 80, "/"));
	assert(!csrv_text_name_ok("abc", 2, "/"));
	assert(csrv_text_u64("18446744073709551615", 10, &v) && v == UINT64_MAX);
	assert(!csrv_text_u64("18446744073709551616", 10, &v));
	assert(csrv_text_u64("0755", 8, &v) && v == 0755);
	assert(!csrv_text_u64("8", 8, &v) && !csrv_text_u64("", 10, &v));
	assert(!csrv_text_u64("-1", 10, &v) && !csrv_text_u64("1 ", 10, &v));
}

int main(void)
{
	test_vectors();
	test_defaults();
	test_strings();
	test_lists();
	test_hosts();
	test_host_nets();
	test_names_and_numbers();
	return 0;
}
