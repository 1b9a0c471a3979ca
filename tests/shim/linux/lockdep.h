/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/spinlock.h>	/* lockdep_assert_held() */
