/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The break of a lease: store/caching.c, store/break.c.
 *
 * One client holds a lease of one stream.  Other clients' events take parts of what it holds, some
 * of them wait until it has acknowledged.  It may acknowledge, acknowledge more than it may keep,
 * acknowledge twice, close, ask for more, or say nothing.
 * An atomic step is what the code does with file->lock held.
 *
 * Held: no event that has to wait goes on while the client may still cache what the event takes,
 * unless its time was over; each event goes on at last; the client never goes on caching, for
 * itself, what the server has taken: when all is quiet both have the same view.  An acknowledgment
 * names no break: a client that sends one too many may lose by it, and no other client does.
 *
 * -DBUG_*	what the code would be without one of its steps: the model finds a fault in each
 */
#define R	1
#define H	2
#define W	4
#define EVENTS	2

mtype = { NONE, HELD, BREAKING };

mtype state = NONE;		/* csrv_cache */
byte held, to, need;
bool awaited;
bool closed, expired;
bool twice;	/* it has acknowledged a break twice: the second may count for the next break, its own loss */
byte epoch;

/* What the client believes to have: it caches by that. */
byte view;
byte view_epoch;

/* In order, as one connection: notifications (to, epoch, must be acknowledged), and replies to opens. */
chan to_client = [6] of { byte, byte, bool };
chan acks = [4] of { byte };
byte over;

inline without(m, t)
{
	m = m & (7 - (t));
	if
	:: !(m & R) -> m = 0
	:: else
	fi
}

inline drop() { state = NONE; held = 0; awaited = false }

/* entry_add() */
inline notify(keep, ack)
{
	epoch++;
	to_client!keep,epoch,ack
}

/* ... of a break that follows an acknowledgment */
inline notify_again(keep)
{
#ifndef BUG_EPOCH_KEPT
	epoch++;
#endif
	to_client!keep,epoch,true
}

/* lease_break() in caching.c; @wait: the event waits */
inline lease_break(takes, wait)
{
	wait = (held & (takes) & (H | W)) != 0;
	if
	:: state == NONE || !(held & (takes)) -> wait = false
	:: else ->
		if
		:: held == R -> drop(); notify(0, false); wait = false
		:: else ->
			if
			:: state == HELD -> need = held
			:: else
			fi;
			without(need, takes);
			awaited = awaited || wait;
			if
			:: state == HELD -> to = need; state = BREAKING; notify(to, true)
			:: else
			fi
		fi
	fi
}

/* lease_ack() in caching.c */
inline lease_ack(mask)
{
	if
	:: state != BREAKING || closed		/* NT_UNSUCCESSFUL */
	:: else ->
		if
#ifndef BUG_MORE_THAN_OFFERED
		:: (mask & (7 - to)) != 0	/* NT_REQUEST_NOT_ACCEPTED */
#endif
		:: else ->
			without(mask, 0);
			if
			:: (mask & (7 - need)) != 0 ->	/* lease_continue() */
				held = mask;
				if
				:: mask == R -> drop(); notify(0, false)
				:: else ->
					if
					:: (mask & (7 - need)) & H -> to = mask & (7 - H)
					:: else -> to = need
					fi;
					notify_again(to)
				fi
			:: else ->
				if
				:: mask == 0 -> drop()
				:: else -> state = HELD; held = mask; awaited = false
				fi
			fi
		fi
	fi
}

/* lease_grant() in caching.c, of a client that is alone, or not */
inline grant(want, alone)
{
	if
	:: closed || state == BREAKING
	:: else ->
		if
		:: !(alone) -> want = want & (7 - W)
		:: else
		fi;
		if
		:: state == NONE || (want & held) == held ->
			if
			:: want != held -> held = want; state = HELD; epoch++
			:: else
			fi
		:: else
		fi
	fi
}

proctype event(byte takes)
{
	bool wait;

again:	atomic {
		lease_break(takes, wait);
		/* W is dirty data, H an open that others do not see: no event goes on beside them */
		assert(wait || expired || closed || twice || !(view & takes & (H | W)))
	};
	if
	:: wait ->
		/* csrv_break_wait(), waiters_wake() */
		!awaited;
#ifndef BUG_DOES_NOT_CHECK_AGAIN
		goto again		/* the command checks again */
#else
		assert(expired || closed || twice || !(view & takes & (H | W)))
#endif
	:: else
	fi;
	over++
}

/* expire_locked(): its time is over at any moment, and at last */
active proctype timer()
{
end:	do
	:: atomic { state == BREAKING -> epoch++; expired = true; drop() }
	od
}

active proctype server()
{
	byte mask;

end:	do
	:: atomic { acks?mask -> lease_ack(mask) }
	od
}

/* It has the lease already, and reads what it is notified of in order. */
active proctype client()
{
	byte keep, e, tries, want;
	bool ack;

	atomic { held = R | W | H; state = HELD; epoch = 1; view = held; view_epoch = 1 };
	run event(W);
	if
	:: run event(R | W)
	:: run event(H)
	:: run event(R | W | H)
	fi;
end:	do
	:: to_client?keep,e,ack ->
		/* [MS-SMB2] 3.2.5.19.2 */
		if
		:: e > view_epoch ->
			view_epoch = e;
			view = view & keep	/* written back, closed, dropped; then acknowledged */
		:: else
		fi;
		if
		:: ack -> acks!(view & keep)
		:: ack && tries < 2 -> tries++; acks!7; acks!(view & keep)	/* more than offered */
		:: ack && tries < 2 -> tries++; twice = true; acks!(view & keep); acks!(view & keep)
		:: ack	/* says nothing */
		:: !ack
		fi
	:: atomic { tries < 2 && !closed -> closed = true; view = 0; drop() }
	:: atomic {	/* an open that asks for more; its reply is in order with notifications */
		tries < 2 && !closed && len(to_client) == 0 ->
		tries++;
		want = R | H;
		grant(want, false);
		if
		:: state == HELD -> view = held; view_epoch = epoch
		:: else
		fi
	   }
	od
}

#define quiet	(len(to_client) == 0 && len(acks) == 0 && over == EVENTS)

ltl all_go_on { <> (over == EVENTS) }
ltl same_view { [] (quiet && state == HELD -> (view & (7 - held)) == 0 || expired || twice) }
