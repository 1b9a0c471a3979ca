// SPDX-License-Identifier: GPL-2.0-or-later
/* times of parameters: the largest that the schema allows is as long as it says */
#include <assert.h>

#include "base/clock.h"

int main(void)
{
	assert(csrv_secs(0) == 0 && csrv_secs(30) == 30000);
	assert(csrv_mins(1) == 60000);
	/* `deadtime`: in 32 bits, 71583 minutes of 60000 jiffies would be 13 seconds */
	assert(csrv_mins(71583) == 71583ul * 60000);
	assert(csrv_mins(525600) == 525600ul * 60000);
	assert(csrv_mins(~0u) == 60000ul * ~0u);
	assert(csrv_secs(~0ull / HZ) == MAX_JIFFY_OFFSET);
	return 0;
}
