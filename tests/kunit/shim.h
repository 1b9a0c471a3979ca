/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shim.h - as much of KUnit's interface as our suites use, for kernels without it, and user space
 *
 * The suites run when the module is loaded, or are the program; their results are printed in the same
 * form, KTAP. For one file of a module or program. An assertion or a skip ends the function it stands
 * in: it has to be a test case, and nothing that one calls.
 */
#ifndef CIFSSRV_KUNIT_SHIM_H
#define CIFSSRV_KUNIT_SHIM_H

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#define KUNIT_PARAM_DESC_SIZE	128
#define KUNIT_ALLOCATIONS	4

struct kunit {
	void *priv;
	const void *param_value;
	bool failed;
	const char *skipped;			/* why, or NULL */
	void *allocated[KUNIT_ALLOCATIONS];	/* freed after the test */
};

typedef const void *(*kunit_gen_params_t)(const void *prev, char *desc);

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	kunit_gen_params_t generate_params;
};

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);	/* before and after each test */
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;		/* the last one is empty */
};

#define KUNIT_CASE(fn)			{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_PARAM(fn, gen)	{ .run_case = fn, .name = #fn, .generate_params = gen }

/* Defines NAME_gen_params() for KUNIT_CASE_PARAM(): one test per element. */
#define KUNIT_ARRAY_PARAM(param, array, get_desc)					\
	static const void *param##_gen_params(const void *prev, char *desc)		\
	{										\
		typeof(&(array)[0]) next = prev ? (typeof(next))prev + 1 : &(array)[0];	\
											\
		if (next == &(array)[ARRAY_SIZE(array)])				\
			return NULL;							\
		get_desc(next, desc);							\
		return next;								\
	}

static inline void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	int i;

	for (i = 0; i < KUNIT_ALLOCATIONS; i++) {
		if (!test->allocated[i])
			return test->allocated[i] = kzalloc(size, gfp);
	}
	return NULL;
}

#define kunit_skip(test, why) do { (test)->skipped = (why); return; } while (0)

#define kunit_failed(test, fmt, ...) do {						\
	(test)->failed = true;								\
	pr_err("    # failed at %s:%d: " fmt "\n", __FILE__, __LINE__, ##__VA_ARGS__);	\
} while (0)

#define KUNIT_EXPECT_TRUE_MSG(test, condition, fmt, ...) do {				\
	if (!(condition))								\
		kunit_failed(test, #condition ": " fmt, ##__VA_ARGS__);			\
} while (0)

#define KUNIT_EXPECT_TRUE(test, condition) do {						\
	if (!(condition))								\
		kunit_failed(test, #condition);						\
} while (0)

#define KUNIT_EXPECT_EQ(test, left, right) do {						\
	typeof(left) __left = (left);							\
	typeof(right) __right = (right);						\
											\
	if (__left != __right)								\
		kunit_failed(test, #left " == " #right ": %lld, %lld",			\
			     (long long)__left, (long long)__right);			\
} while (0)

#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ptr) do {					\
	const void *__ptr = (ptr);							\
											\
	if (IS_ERR_OR_NULL(__ptr)) {							\
		kunit_failed(test, #ptr ": %ld", (long)__ptr);				\
		return;									\
	}										\
} while (0)

static void kunit_result(int depth, int n, const char *name, bool failed, const char *skipped)
{
	pr_info("%*s%s %d %s%s%s\n", 4 * depth, "", failed ? "not ok" : "ok", n, name,
		skipped && !failed ? " # SKIP " : "", skipped && !failed ? skipped : "");
}

/* One test; its memory is freed. */
static void kunit_one(const struct kunit_suite *suite, const struct kunit_case *c,
		      struct kunit *test, const void *param)
{
	int i;

	memset(test, 0, sizeof(*test));
	test->param_value = param;
	if (suite->init && suite->init(test))
		test->failed = true;
	else
		c->run_case(test);
	if (suite->exit)
		suite->exit(test);
	for (i = 0; i < KUNIT_ALLOCATIONS; i++)
		kfree(test->allocated[i]);
}

static bool kunit_case_fails(const struct kunit_suite *suite, const struct kunit_case *c, int n)
{
	char desc[KUNIT_PARAM_DESC_SIZE];
	const void *param = NULL;
	bool failed = false;
	struct kunit test;
	int i = 0;

	if (!c->generate_params) {
		kunit_one(suite, c, &test, NULL);
		kunit_result(1, n, c->name, test.failed, test.skipped);
		return test.failed;
	}
	while ((param = c->generate_params(param, desc))) {
		kunit_one(suite, c, &test, param);
		kunit_result(2, ++i, desc, test.failed, test.skipped);
		failed |= test.failed;
	}
	kunit_result(1, n, c->name, failed, NULL);
	return failed;
}

/* Do any fail? */
static inline bool kunit_run(struct kunit_suite * const *suites, int nsuites)
{
	const struct kunit_case *c;
	bool failed, any = false;
	int i, n;

	for (i = 0; i < nsuites; i++) {
		failed = false;
		for (n = 0, c = suites[i]->test_cases; c->run_case; c++)
			failed |= kunit_case_fails(suites[i], c, ++n);
		kunit_result(0, i + 1, suites[i]->name, failed, NULL);
		any |= failed;
	}
	return any;
}

#define kunit_run_all(...) ({								\
	struct kunit_suite * const suites[] = { __VA_ARGS__ };				\
											\
	kunit_run(suites, ARRAY_SIZE(suites));						\
})

#ifdef __KERNEL__
/* As with KUnit the module is loaded whatever the tests say. */
#define kunit_test_suites(...)								\
	static int __init kunit_init(void)						\
	{										\
		kunit_run_all(__VA_ARGS__);						\
		return 0;								\
	}										\
	static void __exit kunit_exit(void) { }						\
	module_init(kunit_init);							\
	module_exit(kunit_exit)
#else
#define kunit_test_suites(...)								\
	int main(void)									\
	{										\
		return kunit_run_all(__VA_ARGS__);					\
	}										\
	_Static_assert(1, "")
#endif

#endif /* CIFSSRV_KUNIT_SHIM_H */
