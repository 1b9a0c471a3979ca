// SPDX-License-Identifier: GPL-2.0-or-later
/* model/break.c - opens and their oplocks: granting, telling, waiting, timing out */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../base/trace.h"
#include "../transport/transport.h"
#include "break.h"
#include "break_wait.h"
#include "conn.h"
#include "file.h"
#include "open.h"
#include "server.h"
#include "session.h"
#include "wait.h"

/* [MS-SMB2] 3.3.2.1: clients count on an answer within 35 seconds, whatever others do. */
#define CSRV_BREAK_SECS	34

/*
 * So long a holder's network has to acknowledge the notification: less than the above, so that
 * an open which ends for that has ended by then.  All channels of the holder are tried in that
 * time, each for an equal part of it.
 */
#define CSRV_NEWS_SECS		30
#define CSRV_NEWS_SECS_EACH	5	/* at most, if there is another channel */
#define CSRV_NEWS_LEAST		(HZ / 2)
#define CSRV_NEWS_LOOK		HZ	/* from one look to the next */

/* Somebody to be told, when the file's mutex has been released. */
struct break_note {
	struct list_head	node;
	struct csrv_open	*open;	/* a reference */
	u32			number;	/* csrv_news.number */
	u8			to;	/* mask */
	bool			asked;	/* csrv_news.asked */
	struct csrv_told	told;
};

static struct csrv_open *open_of(struct csrv_cache *c)
{
	return container_of(c, struct csrv_open, oplock);
}

/* The wait for breaks of this file may be over for somebody. */
static void waiters_wake(struct csrv_file *file) __must_hold(&file->lock)
{
	struct csrv_break_waiter *w, *tmp;

	lockdep_assert_held(&file->lock);
	if (csrv_cache_waits(&file->caches, NULL))
		return;
	list_for_each_entry_safe(w, tmp, &file->break_waiters, node) {
		list_del_init(&w->node);
		csrv_wait_complete(w->wait, NT_OK);	/* w is the woken request's now */
	}
}

/* The clock's reference goes, if it is not just striking. */
static void clock_stop(struct csrv_open *o)
{
	if (cancel_delayed_work(&o->break_clock))
		csrv_open_put(o);	/* never the last: the caller has one */
}

static bool is_breaking(const struct csrv_open *o)
{
	return o->oplock.state == CSRV_CACHE_IS_BREAKING;
}

/* Jiffies from now to what comes next; LONG_MAX: nothing. */
static long clock_left(const struct csrv_open *o)
{
	const struct csrv_news *n = &o->news;
	long left = LONG_MAX;

	if (is_breaking(o))
		left = o->break_due - jiffies;
	if (n->unacked)
		left = min3(left, (long)CSRV_NEWS_LOOK, (long)(n->since + n->patience - jiffies));
	return max(left, 0L);
}

/*
 * The one place that winds the clock of an open, which is not CLOSING, or has not left its
 * file.  Of a long time the timer wheel makes up to an eighth more: seconds.  So it is wound
 * for less, and then again for what is left.
 */
static void clock_wind(struct csrv_open *o) __must_hold(&o->file->lock)
{
	long left = clock_left(o);

	lockdep_assert_held(&o->file->lock);
	if (left == LONG_MAX) {
		clock_stop(o);
		return;
	}
	if (left > HZ / 4)
		left -= left / 8;
	csrv_open_get(o);
	if (mod_delayed_work(o->srv->clock_wq, &o->break_clock, left))
		csrv_open_put(o);	/* it was wound, and has its reference */
}

/* Take an unanswered oplock away: [MS-SMB2] 3.3.6.1 */
static void give_up_locked(struct csrv_open *o) __must_hold(&o->file->lock)
{
	struct csrv_file *file = o->file;

	lockdep_assert_held(&file->lock);
	if (!is_breaking(o))
		return;
	trace_csrv_oplock(o->persistent_id, o->oplock.held, CSRV_CACHE_NONE);
	csrv_cache_drop(&file->caches, &o->oplock);
	o->news.to = CSRV_CACHE_NONE;	/* who hears of it only now, hears that */
	waiters_wake(file);
}

static void give_up(struct csrv_open *o)
{
	mutex_lock(&o->file->lock);
	give_up_locked(o);
	clock_wind(o);
	mutex_unlock(&o->file->lock);
}

/* How long a channel is given to take the news, if @n of the session's have still to be tried. */
static unsigned long patience(const struct csrv_news *news, u32 n)
{
	long left = max((long)(news->due - jiffies), 0L);

	if (n > 1)
		left = min(left / (long)n, (long)CSRV_NEWS_SECS_EACH * HZ);
	return max_t(long, left, CSRV_NEWS_LEAST);
}

/* The client has heard of it when its network acknowledges that: looked after from now on. */
static void news_sent(const struct break_note *note, struct csrv_session *s)
{
	struct csrv_open *o = note->open;
	/* the CREATE's channel is tried before the others: all are left then, and later not it */
	u32 n = note->told.channel == o->home ?
		csrv_channels_from(s, 0, 0) :
		csrv_channels_from(s, note->told.channel, o->home);

	mutex_lock(&o->file->lock);
	/* A later break has news of its own; who closes leaves the file after this, or has. */
	if (o->news.number == note->number && atomic_read(&o->state) == CSRV_OPEN_LIVE) {
		o->news.told = note->told;
		o->news.unacked = true;
		o->news.since = jiffies;
		o->news.patience = patience(&o->news, n);
		clock_wind(o);
	}
	mutex_unlock(&o->file->lock);
}

/* Over a channel after @note->told.  0, or an errno: there is none that takes it. */
static int note_send(struct break_note *note, struct csrv_session *s)
{
	struct csrv_open *o = note->open;
	int err = o->srv->events->tell_break(s, o, note->to, &note->told);

	if (!err)
		news_sent(note, s);
	return err;
}

static struct csrv_channel *channel_of(struct csrv_session *s, const struct csrv_told *told)
{
	struct csrv_channel *ch = csrv_channel_after(s, told->channel - 1);

	if (!ch || ch->number == told->channel)
		return ch;
	csrv_channel_put(ch);
	return NULL;
}

/* Is the client to be told elsewhere?  @acked: how much of that connection it has */
static bool news_stuck(struct csrv_news *news, u64 acked)
{
	news->unacked = acked < news->told.end;
	if (acked > news->told.acked)
		news->since = jiffies;	/* what was sent before the news is on its way */
	news->told.acked = acked;
	return news->unacked && time_after_eq(jiffies, news->since + news->patience);
}

/* @ch: over which the client was told; NULL: it has gone */
static bool news_lost(const struct break_note *note, struct csrv_channel *ch)
{
	struct csrv_open *o = note->open;
	u64 acked = ch ? ch->conn->xprt->ops->acked(ch->conn->xprt) : 0;
	bool lost = false;

	mutex_lock(&o->file->lock);
	/* Else the client has answered, closes, or there is a later break. */
	if (o->news.number == note->number && o->news.unacked) {
		lost = !ch || news_stuck(&o->news, acked);
		o->news.unacked = o->news.unacked && !lost;
	}
	clock_wind(o);
	mutex_unlock(&o->file->lock);
	return lost;
}

/*
 * Nothing is acknowledged where the client was told, or that channel has gone: so the client
 * is told elsewhere, [MS-SMB2] 3.3.4.1.6.  That connection ends, because news that come after
 * later ones would be wrong.  With the last one the session ends, and the open closes (3.3.4.6:
 * "no connection is available"), if it might go on caching what others change.
 */
static void news_elsewhere(struct break_note *note, struct csrv_session *s,
			   struct csrv_channel *ch)
{
	int err = note_send(note, s);

	if (ch && (!err || note->asked))
		csrv_conn_abort(ch->conn);
	else if (!ch && err)
		give_up(note->open);
}

static void news_look(struct break_note *note)
{
	struct csrv_session *s = csrv_session_find(note->open->srv, note->open->session_id);
	struct csrv_channel *ch;

	if (!s)
		return;		/* its opens are closed */
	ch = channel_of(s, &note->told);
	if (news_lost(note, ch))
		news_elsewhere(note, s, ch);
	csrv_channel_put(ch);
	csrv_session_put(s);
}

static void clock_strikes(struct work_struct *work)
{
	struct csrv_open *o = container_of(to_delayed_work(work), struct csrv_open, break_clock);
	struct break_note note = { .open = o };
	bool look;

	/* Under the lock, so that clock_stop() finds it wound or knows that it is not. */
	mutex_lock(&o->file->lock);
	if (is_breaking(o) && time_after_eq(jiffies, o->break_due))
		give_up_locked(o);
	look = o->news.unacked;
	note.number = o->news.number;
	note.to = o->news.to;
	note.asked = o->news.asked;
	note.told = o->news.told;
	if (!look)
		clock_wind(o);
	mutex_unlock(&o->file->lock);
	if (look)
		news_look(&note);
	csrv_open_put_later(o);
}

void csrv_break_open_init(struct csrv_open *o)
{
	csrv_cache_init(&o->oplock, NULL);
	INIT_LIST_HEAD(&o->news.held);
	INIT_DELAYED_WORK(&o->break_clock, clock_strikes);
}

/* csrv_cache_notify_t */
static bool note_add(struct csrv_cache *c, u8 from, u8 to, void *ctx)
{
	struct break_note *note = kmalloc(sizeof(*note), GFP_KERNEL);
	struct csrv_open *o = open_of(c);
	struct list_head *notes = ctx;

	lockdep_assert_held(&o->file->lock);	/* csrv_break_locked() */
	trace_csrv_oplock(o->persistent_id, from, to);
	if (!note)
		return false;
	o->news.number++;
	o->news.unacked = false;
	o->news.to = to;
	o->news.asked = is_breaking(o);
	o->news.due = jiffies + CSRV_NEWS_SECS * HZ;
	note->open = csrv_open_get(o);
	note->number = o->news.number;
	note->to = to;
	note->asked = o->news.asked;
	note->told.channel = 0;
	list_add_tail(&note->node, o->news.granting ? &o->news.held : notes);
	o->break_due = jiffies + CSRV_BREAK_SECS * HZ;
	clock_wind(o);
	return true;
}

/**
 * csrv_break_locked() - break what stands against @event
 * @file: its mutex is held
 * @self: the open through which it happens, or NULL
 * @event: what
 * @notes: an empty list; to csrv_break_send() once the mutex is released
 *
 * Return: true if the caller must wait (csrv_break_wait()) and then try again.
 */
bool csrv_break_locked(struct csrv_file *file, const struct csrv_open *self,
		       enum csrv_cache_event event, struct list_head *notes)
{
	lockdep_assert_held(&file->lock);
	return csrv_cache_check(&file->caches, self ? &self->oplock : NULL, event, note_add, notes);
}

/* Tell everybody.  Whom nobody can reach does not get time to answer. */
void csrv_break_send(struct list_head *notes)
{
	struct break_note *note, *tmp;
	struct csrv_session *s;

	list_for_each_entry_safe(note, tmp, notes, node) {
		list_del(&note->node);
		s = csrv_session_find(note->open->srv, note->open->session_id);
		if (!s || note_send(note, s))
			give_up(note->open);
		csrv_session_put(s);
		csrv_open_put_later(note->open);
		kfree(note);
	}
}

/**
 * csrv_break_modified() - data, size or byte-range locks of a file changed
 * @o: through it
 *
 * Called after the change: who got LEVEL_II while it was under way is told too, and
 * who gets it later reads what is new.  Nobody waits: an open that can modify has
 * broken what was exclusive when it came.
 */
void csrv_break_modified(struct csrv_open *o)
{
	struct csrv_file *file = o->file;
	LIST_HEAD(notes);

	smp_mb();	/* the change, then the look: pairs with the one in csrv_break_grant() */
	if (!READ_ONCE(file->caches.nshared))
		return;
	mutex_lock(&file->lock);
	csrv_break_locked(file, o, CSRV_CACHE_ON_MODIFY, &notes);
	mutex_unlock(&file->lock);
	csrv_break_send(&notes);
}

/**
 * csrv_break_grant() - an open that was just published asks for an oplock
 * @o: LIVE, if nobody has closed it already
 * @want: what it asks for
 *
 * Return: what it gets; unless it is NONE, csrv_break_granted() follows.
 */
u8 csrv_break_grant(struct csrv_open *o, u8 want)
{
	struct csrv_file *file = o->file;
	u8 got = CSRV_CACHE_NONE;

	if (want == CSRV_CACHE_NONE || o->is_dir)
		return got;
	mutex_lock(&file->lock);
	if (atomic_read(&o->state) == CSRV_OPEN_LIVE &&
	    !csrv_file_dooms(file, csrv_open_name_path(o)->dentry))
		got = csrv_cache_grant(&file->caches, &o->oplock, want,
				       list_is_singular(&file->opens),
				       !csrv_brl_idle(&file->brl));
	if (got != CSRV_CACHE_NONE)
		trace_csrv_oplock(o->persistent_id, CSRV_CACHE_NONE, got);
	o->news.granting = got != CSRV_CACHE_NONE;
	mutex_unlock(&file->lock);
	smp_mb();	/* nshared, then all that the holder reads from now on */
	return got;
}

/**
 * csrv_break_granted() - the reply that grants an oplock has been queued for sending
 * @o: or never will be, and its connection ends
 *
 * What has been broken since csrv_break_grant() is told now: before, the client would not have
 * known the FileId and ignored it, [MS-SMB2] 3.2.5.19.
 */
void csrv_break_granted(struct csrv_open *o)
{
	struct break_note *note;
	LIST_HEAD(notes);

	mutex_lock(&o->file->lock);
	o->news.granting = false;
	list_splice_init(&o->news.held, &notes);
	list_for_each_entry(note, &notes, node) {
		note->to = o->news.to;		/* it may have been given up meanwhile */
		note->asked = note->asked && is_breaking(o);
	}
	o->news.asked = o->news.asked && is_breaking(o);
	/*
	 * An answer is due at its time all the same: others wait for it, and go on then.  The
	 * client's network has as long as each channel has to take the news.
	 */
	if (!o->news.asked)
		o->news.due = jiffies + CSRV_NEWS_SECS * HZ;
	else if (time_before(o->news.due, jiffies + CSRV_NEWS_SECS_EACH * HZ))
		o->news.due = jiffies + CSRV_NEWS_SECS_EACH * HZ;
	mutex_unlock(&o->file->lock);
	csrv_break_send(&notes);
}

/**
 * csrv_break_ack() - the client answers
 * @o: of a file; the caller holds a reference
 * @level: to which it goes down
 *
 * Any number of answers may come, also while and after the open closes.
 * Return: as csrv_cache_ack() of an oplock; NT_FILE_CLOSED.
 */
nt_status_t csrv_break_ack(struct csrv_open *o, u8 level)
{
	struct csrv_file *file = o->file;
	nt_status_t status = NT_FILE_CLOSED;
	LIST_HEAD(notes);
	bool was;

	mutex_lock(&file->lock);
	if (atomic_read(&o->state) == CSRV_OPEN_LIVE) {
		was = is_breaking(o);
		status = csrv_cache_ack(&file->caches, &o->oplock, level, note_add, &notes);
		if (was) {
			trace_csrv_oplock(o->persistent_id, o->oplock.to, o->oplock.held);
			o->news.unacked = false;	/* it has heard of it */
			clock_wind(o);
			waiters_wake(file);
		}
	}
	mutex_unlock(&file->lock);
	csrv_break_send(&notes);
	return status;
}

/* The open leaves its file, whose mutex is held. */
void csrv_break_close_locked(struct csrv_open *o)
{
	struct csrv_file *file = o->file;
	bool breaking;

	lockdep_assert_held(&file->lock);
	breaking = csrv_cache_drop(&file->caches, &o->oplock);
	if (breaking)
		waiters_wake(file);
	if (breaking || o->news.unacked)
		clock_stop(o);
	o->news.unacked = false;
}
