/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A durable open that loses its connection: store/detached.c, client/opens.c, client/reconnect.c.
 *
 * Its session ends, twice at most: the client may come back once in between, with two attempts at the
 * same moment.  Its time-out, a break of what it caches, and the revocation of its share, or an
 * administrator's END, compete with that.
 * An atomic step is what the code does under one lock, or by one atomic operation.
 *
 * Held: it is closed once at most; what is DISCONNECTED when all is quiet has a time-out that will
 * close it, and is charged once; no other is charged or has one; a break does not wait for a client
 * that is not there; nothing that is revoked stays open.
 *
 * -DBUG_*	what the code would be without one of its steps: the model finds a fault in each
 */
mtype = { LIVE, DISCONNECTED, OPENING, CLOSING };
mtype = { HELD, BREAKING, NONE };

mtype state = LIVE;
mtype cache = HELD;		/* csrv_cache.state: of a handle's caching; file->lock */
bool held_back, deferred;	/* holder->granting; a notification that waits for it */
bool aged, queued;		/* srv->detached.lock: listed, with its time-out queued */
short charged;			/* CSRV_QUOTA_DETACHED */
byte sessions = 1;		/* that have it */
byte closed;
bool revoked, notified;
byte users;			/* csrv_durable.users */
bool listed;			/* csrv_open.granted, on the list of the request that has it */
byte running = 5, busy;		/* processes that are not over; the two that go on, and do something */

/* may_wait_locked() */
#ifdef BUG_BREAK_IS_NOT_LOOKED_AT
#define MAY_WAIT	(cache != NONE)
#else
#define MAY_WAIT	(cache == HELD)
#endif

/* csrv_open_move() */
inline move(from, into, won)
{
	if
	:: state == from -> state = into; won = true
	:: else -> won = false
	fi
}

inline close_it()
{
	assert(closed == 0);
	closed++;
	atomic { cache = NONE }		/* csrv_close_begin(): those who wait for a break go on */
}

inline watch_begin()
{
	atomic {
		if
#ifdef BUG_LATE_WATCH
		:: !aged
#else
		:: state == DISCONNECTED && !aged
#endif
			-> aged = true; queued = true
		:: else
		fi
	}
}

inline watch_end()
{
	atomic { aged = false; queued = false };
	atomic { charged-- }
}

/* csrv_detached_close() */
inline detached_close(won)
{
	atomic { move(DISCONNECTED, CLOSING, won) };
	if
	:: won -> watch_end(); close_it()
	:: else
	fi
}

/* The session ends: csrv_detach(), or open_leave() */
inline session_ends(won)
{
	atomic { sessions-- };
	atomic { charged++ };
	atomic {
		won = false;
		if
		:: MAY_WAIT -> move(LIVE, DISCONNECTED, won)
		:: else
		fi
	};
	if
	:: !won ->
		atomic { charged-- };
		atomic { move(LIVE, CLOSING, won) };
		if
		:: won -> close_it()
		:: else
		fi
	:: won ->
		watch_begin();
#ifndef BUG_REVOCATION_IS_NOT_LOOKED_AT
		if
		:: revoked -> detached_close(won)
		:: else
		fi
#endif
	fi
}

/* notify(), where there is no other holder: over the session, or the open is closed */
inline notify(won)
{
	if
	:: sessions > 0 -> notified = true
	:: else ->
		detached_close(won);
		atomic {	/* csrv_break_expire() */
			if
			:: cache == BREAKING -> cache = NONE
			:: else
			fi
		}
	fi
}

/* csrv_break_granted() */
inline granted(won)
{
	atomic { held_back = false; won = deferred; deferred = false };
	if
	:: won -> notify(won)
	:: else
	fi
}

active proctype owner()
{
	bool won;

	session_ends(won);
	atomic { running-- }
}

/* csrv_open_reconnect() */
active [2] proctype reconnect()
{
	bool won, lost;

	/* check_lost(), then the file system is asked for a while */
	if
	:: users > 0 -> goto over
	:: else
	fi;
	/* csrv_detached_claim() */
	atomic {
		won = false;
		if
		:: else
#ifdef BUG_USERS_ARE_LOOKED_AT_ONCE
		:: MAY_WAIT ->
#else
		:: MAY_WAIT && users == 0 ->
#endif
			move(DISCONNECTED, OPENING, won);
			if
			:: won -> held_back = true
			:: else
			fi
		fi
	};
	if
	:: !won -> goto over
	:: else
	fi;
	watch_end();
	atomic { users++ };
	if
	:: atomic { !revoked -> sessions++; state = LIVE };	/* csrv_open_publish_again() */
		assert(sessions == 1);
		/* the reply is on its way, and the connection may be lost before it is sent */
		atomic { assert(!listed); listed = true };
		/* the session ends, too, or the share is revoked: then all of its sessions end */
		if
		:: session_ends(won)
		:: !revoked
		:: revoked -> session_ends(won)
		fi;
		atomic { listed = false; users-- };
		granted(won)
	:: true ->	/* csrv_detached_unclaim(): no room, no session */
		atomic { users-- };
		atomic { charged++ };
		atomic { lost = cache != HELD; state = DISCONNECTED };
		watch_begin();
		if
		:: lost || revoked -> detached_close(won)
		:: else
		fi;
		granted(won)
	fi;
over:	atomic { running-- }
}

active proctype timer()
{
	bool won;

end:	do
	:: atomic { queued -> queued = false; busy++ };	/* expire() */
		detached_close(won);
		atomic { busy-- }
	od
}

active proctype breaker()
{
	bool won, now;

	atomic {
		now = false;
		if
		:: true		/* no break */
		:: cache == HELD ->
			cache = BREAKING;
			if
			:: held_back -> deferred = true
			:: else -> now = true
			fi
		:: else
		fi
	};
	if
	:: now -> notify(won)
	:: else
	fi;
	atomic { running-- }
}

/* The client acknowledges, closes, or its time is over: csrv_break_expire(), check_lost() */
active proctype client()
{
	bool won;

end:	do
	:: atomic { notified && cache == BREAKING -> cache = NONE; busy++ };
		detached_close(won);
		atomic { busy-- }
	od
}

/* csrv_share_revoke(): the sessions' opens are closed by session_ends(), then the others */
active proctype revoke()
{
	bool won;

	if
	:: true
	:: revoked = true
	fi;
	detached_close(won);	/* by csrv_open_end(), without the mark */
	atomic { running-- }
}

/* All is quiet: in the end, or before the time-out, or the acknowledgment. */
active proctype quiet()
{
end:	atomic {
		running == 0 && busy == 0 ->
		assert(state != OPENING && !held_back && !deferred);
		assert(charged == (state == DISCONNECTED -> 1 : 0));
		assert(queued == (state == DISCONNECTED));
		assert(sessions == (state == LIVE -> 1 : 0));
		assert((state == CLOSING) == (closed == 1));
		assert(cache != BREAKING || (notified && state == LIVE));
		assert(!revoked || state != DISCONNECTED)
	}
}
