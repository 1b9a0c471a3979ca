// SPDX-License-Identifier: GPL-2.0-or-later
/* statuses have names; every errno has a status and none of them says success */
#include <errno.h>
#include "wiretest.h"
#include "wire/access.h"
#include "wire/time.h"

static void test_names(void)
{
	assert(!strcmp(csrv_status_name(NT_OK), "STATUS_SUCCESS"));
	assert(!strcmp(csrv_status_name(NT_PENDING), "STATUS_PENDING"));
	assert(!strcmp(csrv_status_name(NT_OBJECT_NAME_NOT_FOUND), "STATUS_OBJECT_NAME_NOT_FOUND"));
	assert(!strcmp(csrv_status_name(csrv_status_from_code(0xdeadbeef)), "STATUS_?"));
	assert(csrv_status_is_error(NT_ACCESS_DENIED) && !csrv_status_is_error(NT_BUFFER_OVERFLOW));
	assert(csrv_status_is_warning(NT_NO_MORE_FILES) && !csrv_status_is_warning(NT_OK));
	assert(csrv_status_code(NT_LOGON_FAILURE) == 0xc000006d);
}

static void test_errno(void)
{
	assert(csrv_errno_status(0) == NT_OK);
	assert(csrv_errno_status(-ENOENT) == NT_OBJECT_NAME_NOT_FOUND);
	assert(csrv_errno_status(-EACCES) == NT_ACCESS_DENIED);
	assert(csrv_errno_status(-ENOSPC) == NT_DISK_FULL);
	for (int err = 1; err < 5000; err++) {
		assert(csrv_status_is_error(csrv_errno_status(-err)));
		assert(csrv_errno_status(err) == NT_UNSUCCESSFUL);
	}
	assert(csrv_errno_status(-4999) == NT_UNSUCCESSFUL);
}

static void test_access(void)
{
	assert(FILE_GENERIC_READ == 0x00120089 && FILE_GENERIC_WRITE == 0x00120116);
	assert(FILE_GENERIC_EXECUTE == 0x001200a0 && FILE_ALL_ACCESS == 0x001f01ff);
	assert(ACCESS_RESERVED_MASK == 0x0ce0fe00);	/* [MS-FSA] 2.1.5.1 */
	assert(wire_access_map_generic(GENERIC_ALL | MAXIMUM_ALLOWED) ==
	       (FILE_ALL_ACCESS | MAXIMUM_ALLOWED));
	assert(wire_access_map_generic(GENERIC_READ | ACCESS_DELETE) ==
	       (FILE_GENERIC_READ | ACCESS_DELETE));
}

static void check_time(s64 sec, u32 nsec, u64 ft)
{
	s64 back_sec;
	u32 back_nsec;

	assert(wire_filetime(sec, nsec) == ft);
	wire_filetime_to_unix(ft, &back_sec, &back_nsec);
	assert(back_sec == sec && back_nsec == nsec / 100 * 100);
}

static void test_time(void)
{
	s64 sec;
	u32 nsec;

	check_time(0, 0, 116444736000000000);
	check_time(-1, 999999900, 116444735999999999);
	check_time(-11644473600, 0, 0);
	check_time(1700000000, 123456700, 133444736001234567);
	check_time(1700000000, 123456799, 133444736001234567);

	/* saturation, both ends, no overflow on the way */
	assert(wire_filetime(-11644473601, 999999999) == 0);
	assert(wire_filetime(S64_MIN, 0) == 0);
	assert(wire_filetime(S64_MAX, 999999999) == S64_MAX);
	assert(wire_filetime(910692730085, 999999999) == S64_MAX);
	assert(wire_filetime(910692730084, 0) < S64_MAX);
	wire_filetime_to_unix(U64_MAX, &sec, &nsec);
	assert(sec == 910692730085 && nsec < 1000000000);

	assert(!wire_filetime_is_set(0) && !wire_filetime_is_set(-1ull) && !wire_filetime_is_set(-2ull));
	assert(wire_filetime_is_set(1) && wire_filetime_is_set(-3ull));
	assert(wire_filetime_is_bad(-3ull) && !wire_filetime_is_bad(-2ull) && !wire_filetime_is_bad(5));
}

int main(void)
{
	test_names();
	test_errno();
	test_access();
	test_time();
	puts("wire status, access, time: ok");
	return 0;
}
