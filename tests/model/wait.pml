/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request that waits completes once: core/wait.h, csrv_req_park() in dispatch/async.c,
 * store/break_wait.c.
 *
 * One request parks and waits for an event.  The event, a CANCEL and the end of its session compete.
 * An atomic step is what the code does under one lock, or by one atomic operation.
 *
 * Held: it is answered once; no process touches it after that; no CANCEL that comes while it waits
 * is lost (it does not go on waiting for an event that never comes).
 *
 * -DNO_EVENT	the event never comes
 * -DBUG_*	what the code would be without one of its steps: the model finds a fault in each
 */
mtype = { IDLE, ARMED, DONE };

mtype wait = IDLE;		/* csrv_wait.state */
bool listed, parking, cancelled;	/* req->park, under conn->lock */
bool known;			/* conn->cancels: a CANCEL that came before */
bool ended;			/* the session, seen by csrv_gate_again() */
bool queued, w_cancelled;	/* csrv_break_waiter, under file->lock */
bool done;			/* the event has come: there is nothing to wait for any more */
byte refs = 1;			/* req->ref */
byte answers;
bool woken;

inline touch() { assert(answers == 0) }

inline answer()
{
	touch();
	assert(wait != ARMED);
	answers++
}

/* csrv_wait_complete(); the caller holds file->lock, or has a reference */
inline complete()
{
	if
	:: wait == ARMED -> wait = DONE; assert(!woken); woken = true
	:: else
	fi
}

/* csrv_req_unlist() */
inline unlist()
{
	atomic { touch(); listed = false };
#ifndef BUG_UNLIST_DOES_NOT_WAIT
	refs == 1
#endif
}

active proctype handler()
{
	bool refused;

	/* park_list() */
	atomic { listed = true; parking = true; cancelled = known };
	/* csrv_send_interim() takes a while; csrv_wait_arm() */
	wait = ARMED;
	/* park_settle() */
	atomic { parking = false; refused = cancelled || ended };
	if
	:: refused ->
		unlist();
		wait = IDLE;
		answer();
		goto over
	:: else
	fi;
	/* csrv_break_wait() */
	atomic {
		if
#ifndef BUG_CANCELLED_IS_NOT_LOOKED_AT
		:: w_cancelled -> refused = true
#endif
		:: !w_cancelled && done -> refused = true
		:: else -> queued = true
		fi
	};
	/* csrv_req_unpark() */
	if
	:: refused ->
		atomic {
			if
			:: wait == ARMED -> wait = IDLE
			:: else -> goto over	/* completed meanwhile */
			fi
		};
		unlist();
		answer()
	:: else
	fi;
over:	skip
}

/* csrv_wait.wake: the request continues in a worker */
active proctype resume()
{
end:	woken ->
	unlist();
	assert(wait == DONE);
	answer()
}

#ifndef NO_EVENT
active proctype event()
{
	atomic {
		done = true;
		if
		:: queued -> touch(); queued = false; complete()
		:: else
		fi
	}
}
#endif

/* csrv_break_wait_cancel() */
inline cancel()
{
	atomic {
		touch();
		w_cancelled = true;
		if
		:: queued -> queued = false; complete()
		:: else
		fi
	};
	atomic { touch(); refs-- }
}

/* waiting_find(): @found with a reference */
inline find(found)
{
	found = false;
	if
	:: listed && !cancelled ->
		cancelled = true;
		if
		:: parking		/* park_settle() sees it */
		:: !parking -> refs++; found = true
		fi
	:: else
	fi
}

active proctype canceller()
{
	bool found;

	atomic {
#ifndef BUG_EARLY_CANCEL_IS_FORGOTTEN
		known = true;
#endif
		find(found)
	};
	if
	:: found -> cancel()
	:: else
	fi
}

/* csrv_session_end(): the state first, then the requests that wait */
active proctype ending()
{
	bool found;

	if
	:: true		/* the session does not end */
	:: true ->
		ended = true;
		atomic { find(found) };
		if
		:: found -> cancel()
		:: else
		fi
	fi
}

/* In the end it is answered: by the event, or because it was cancelled. */
ltl answered { <> (answers == 1) }
