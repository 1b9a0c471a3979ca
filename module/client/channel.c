// SPDX-License-Identifier: GPL-2.0-or-later
/* client/channel.c - channels: session x connection, [MS-SMB2] 3.3.1.14 */
#include <linux/slab.h>

#include "../base/objects.h"
#include "../core/quota.h"
#include "conn.h"
#include "session.h"

static void channel_free(struct kref *ref)
{
	struct csrv_channel *ch = container_of(ref, struct csrv_channel, ref);

	csrv_sign_key_put(ch->sign_key);
	csrv_session_put(ch->session);
	csrv_conn_put(ch->conn);
	csrv_object_destroyed(CSRV_OBJ_CHANNEL);
	kfree(ch);
}

static struct csrv_channel *channel_get(struct csrv_channel *ch)
{
	kref_get(&ch->ref);
	return ch;
}

void csrv_channel_put(struct csrv_channel *ch)
{
	if (ch)
		kref_put(&ch->ref, channel_free);
}

/*
 * A client that keeps using a session which has ended gets an error with a signature that it can
 * check: for that the connection keeps the latest such channel.
 */
void csrv_channel_set_dead(struct csrv_conn *conn, struct csrv_channel *ch)
{
	struct csrv_channel *old = ch;

	spin_lock(&conn->lock);
	if (!ch || conn->state == CSRV_CONN_NEGOTIATED) {
		old = conn->dead_channel;
		conn->dead_channel = ch;
	}
	spin_unlock(&conn->lock);
	csrv_channel_put(old);
}

static struct csrv_channel *dead_find(struct csrv_conn *conn, u64 session_id)
{
	struct csrv_channel *ch;

	spin_lock(&conn->lock);
	ch = conn->dead_channel;
	if (ch && ch->session->id == session_id)
		kref_get(&ch->ref);
	else
		ch = NULL;
	spin_unlock(&conn->lock);
	return ch;
}

/*
 * The session's channel on this connection, with a reference, or NULL.  The session may
 * be DEAD: see csrv_channel_set_dead().
 */
struct csrv_channel *csrv_channel_find(struct csrv_conn *conn, u64 session_id)
{
	struct csrv_channel *ch;

	csrv_table_lock(&conn->channels);
	ch = csrv_table_peek_locked(&conn->channels, session_id);
	if (ch && ch->session->id == session_id)
		kref_get(&ch->ref);
	else
		ch = NULL;
	csrv_table_unlock(&conn->channels);
	return ch ?: dead_find(conn, session_id);
}

/* Take a channel out of its connection's table; true for the caller that did. */
bool csrv_channel_unlink_conn(struct csrv_channel *ch)
{
	return csrv_table_erase_entry(&ch->conn->channels, ch->session->id, ch);
}

/* Remove the first channel from the session's list, with the list's reference; NULL: none. */
struct csrv_channel *csrv_channel_pop(struct csrv_session *s)
{
	struct csrv_channel *ch;

	mutex_lock(&s->lock);
	ch = list_first_entry_or_null(&s->channels, struct csrv_channel, node);
	if (ch) {
		list_del_init(&ch->node);
		ch->listed = false;
		s->nchannels--;
	}
	mutex_unlock(&s->lock);
	return ch;
}

/**
 * csrv_channel_after() - walk a session's channels, some of which may be removed meanwhile
 * @s: the session
 * @number: of the channel that the walk has reached; 0 to begin
 *
 * Takes session->lock.
 * Return: the next one, with a reference, or NULL.  A channel that stays is never left out.
 */
struct csrv_channel *csrv_channel_after(struct csrv_session *s, u64 number)
{
	struct csrv_channel *ch, *ret = NULL;

	mutex_lock(&s->lock);
	list_for_each_entry(ch, &s->channels, node)
		if (ch->number > number) {
			ret = channel_get(ch);
			break;
		}
	mutex_unlock(&s->lock);
	return ret;
}

/* How many channels the session has from @number on, without @but; 0: count all. */
u32 csrv_channels_from(struct csrv_session *s, u64 number, u64 but)
{
	struct csrv_channel *ch;
	u32 n = 0;

	mutex_lock(&s->lock);
	list_for_each_entry(ch, &s->channels, node)
		n += ch->number >= number && ch->number != but;
	mutex_unlock(&s->lock);
	return n;
}

/* The connection's channel at or after @index, with a reference; NULL after the last. */
static struct csrv_channel *channel_next(struct csrv_conn *conn, unsigned long *index)
{
	struct csrv_channel *ch;

	csrv_table_lock(&conn->channels);
	ch = csrv_table_next_locked(&conn->channels, index);
	if (ch)
		kref_get(&ch->ref);
	csrv_table_unlock(&conn->channels);
	return ch;
}

/* The connection is idle: keep its keys, but free their transforms. */
void csrv_channels_trim(struct csrv_conn *conn)
{
	struct csrv_channel *ch;
	unsigned long index;

	for (index = 0; (ch = channel_next(conn, &index)); index++) {
		csrv_sign_key_trim(ch->sign_key);
		csrv_seal_key_trim(ch->session->seal_in);
		csrv_seal_key_trim(ch->session->seal_out);
		csrv_channel_put(ch);
	}
}

static struct csrv_sign_key *channel_key(struct csrv_logon *l, const struct csrv_logon_keys *k)
{
	u8 key[CSRV_KEY_LEN];
	struct csrv_sign_key *ret;
	int err;

	if (!k->key_len)
		return NULL;
	if (k->key_len != CSRV_KEY_LEN)
		return ERR_PTR(-EINVAL);	/* never "no key", which would prove nothing */
	err = csrv_keys_signing(l->session->dialect, k->key, l->preauth, key);
	if (err)
		return ERR_PTR(err);
	ret = csrv_sign_key_alloc(l->conn->nego.signing_alg, key, GFP_KERNEL);
	memzero_explicit(key, sizeof(key));
	return ret;
}

/* The channel of a logon, in no table; one reference.  -EINVAL: a key of an odd length. */
struct csrv_channel *csrv_channel_make(struct csrv_logon *l, const struct csrv_logon_keys *k)
{
	struct csrv_channel *ch = kzalloc(sizeof(*ch), GFP_KERNEL);
	struct csrv_sign_key *key;

	if (!ch)
		return ERR_PTR(-ENOMEM);
	key = channel_key(l, k);
	if (IS_ERR(key)) {
		kfree(ch);
		return ERR_CAST(key);
	}
	kref_init(&ch->ref);
	ch->session = csrv_session_get(l->session);
	ch->conn = csrv_conn_get(l->conn);
	ch->sign_key = key;
	INIT_LIST_HEAD(&ch->node);
	csrv_object_created(CSRV_OBJ_CHANNEL);
	return ch;
}

/* Insert into both tables, or none.  session->lock is held and the session is not DEAD. */
int csrv_channel_link(struct csrv_channel *ch)
{
	struct csrv_session *s = ch->session;
	int err;

	lockdep_assert_held(&s->lock);
	if (s->nchannels >= CSRV_MAX_CHANNELS)
		return -EUSERS;
	ch->number = ++s->last_channel;
	channel_get(ch);
	err = csrv_table_insert(&ch->conn->channels, s->id, ch);
	/* Insert, then check: else the close removes this channel with the others. */
	if (!err && !csrv_conn_is_open(ch->conn)) {
		err = -ESTALE;
		if (!csrv_table_erase(&ch->conn->channels, s->id))
			return err;	/* removed, with the reference */
	}
	if (err) {
		csrv_channel_put(ch);
		return err;
	}
	channel_get(ch);
	list_add_tail(&ch->node, &s->channels);
	ch->listed = true;
	s->nchannels++;
	csrv_account_own(ch->conn->account, s->account);
	csrv_conn_set_known(ch->conn, s->proven);
	return 0;
}
