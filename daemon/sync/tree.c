// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads configfs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/internal.h"
#include "util/dir.h"
#include "util/grow.h"
#include "util/hash.h"
#include "util/utf.h"

static size_t hash(const char *path)
{
	return hash_octets(HASH_SEED, path, strlen(path)) % SYNC_HASH;
}

size_t sync_item_length(const char *path)
{
	const char *slash = strchr(path, '/'), *second = slash ? strchr(slash + 1, '/') : NULL;

	if (sync_path_in(path, "server"))
		return slash - path;
	return second ? (size_t)(second - path) : strlen(path);
}

bool sync_path_in(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && path[len] == '/';
}

struct sync_item *sync_tree_add(struct sync_tree *tree, const char *dir, const char *name)
{
	struct sync_item *items, *item;
	size_t *first;

	items = array_grow(tree, tree->items, struct sync_item, tree->n);
	if (!items)
		return NULL;
	tree->items = items;
	item = &items[tree->n];
	*item = (struct sync_item) {
		.path = name ? talloc_asprintf(tree, "%s/%s", dir, name) : talloc_strdup(tree, dir),
	};
	if (!item->path)
		return NULL;
	tree->n++;
	first = &tree->hash[hash(item->path)];
	item->next = *first;
	*first = tree->n;
	return item;
}

bool sync_item_set(struct sync_tree *tree, struct sync_item *item, const char *name,
		   const char *value, const struct conf_param *param)
{
	struct sync_attr *attrs, *a;

	attrs = array_grow(tree, item->attrs, struct sync_attr, item->nattrs);
	if (!attrs)
		return false;
	item->attrs = attrs;
	a = &attrs[item->nattrs++];
	a->name = talloc_strdup(tree, name);
	a->value = talloc_strdup(tree, value);
	a->param = param;
	return a->name && a->value;
}

bool sync_item_set_attr(struct sync_tree *tree, struct sync_item *item,
			const struct conf_table *table, const char *attr, const char *value)
{
	return sync_item_set(tree, item, attr, value, &table->params[conf_table_attr(table, attr)]);
}

void sync_item_drop(struct sync_item *item, const char *attr)
{
	size_t kept = 0;

	for (size_t i = 0; i < item->nattrs; i++)
		if (strcmp(item->attrs[i].name, attr))
			item->attrs[kept++] = item->attrs[i];
	item->nattrs = kept;
}

const struct sync_item *sync_tree_find(const struct sync_tree *tree, const char *path)
{
	for (size_t i = tree->hash[hash(path)]; i; i = tree->items[i - 1].next)
		if (!strcmp(tree->items[i - 1].path, path))
			return &tree->items[i - 1];
	return NULL;
}

const struct sync_item *sync_tree_alike(const struct sync_tree *tree, const char *path)
{
	const struct sync_item *found = sync_tree_find(tree, path);

	for (size_t i = 0; !found && i < tree->n; i++)
		if (!utf8_casecmp(tree->items[i].path, path))
			found = &tree->items[i];
	return found;
}

bool sync_item_rename(struct sync_tree *tree, struct sync_item *item, const char *path)
{
	size_t *first = &tree->hash[hash(item->path)], at = *first;

	*first = item->next;
	item->path = talloc_strdup(tree, path);
	if (!item->path)
		return false;
	first = &tree->hash[hash(path)];
	item->next = *first;
	*first = at;
	return true;
}

const char *sync_item_value(const struct sync_item *item, const char *attr)
{
	for (size_t i = 0; i < item->nattrs; i++)
		if (!strcmp(item->attrs[i].name, attr))
			return item->attrs[i].value;
	return NULL;
}

/* Reads the attribute without its newline; or -errno. @buf has SYNC_VALUE_MAX + 1 bytes. */
static int read_value(int dir, const char *name, char *buf)
{
	size_t len = 0;
	ssize_t n;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	do {
		n = read(fd, buf + len, SYNC_VALUE_MAX - len);
		if (n > 0)
			len += n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	n = n < 0 ? -errno : 0;
	close(fd);
	if (n)
		return n;
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = 0;
	return 0;
}

static bool is_regular(int dir, const char *name)
{
	struct stat st;

	return !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode);
}

/* Reads all attributes in the directory. One that cannot be read is left out. */
static int read_attrs(struct sync_tree *tree, struct sync_item *item, DIR *d)
{
	char buf[SYNC_VALUE_MAX + 1];
	struct dirent *e;

	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' || !is_regular(dirfd(d), e->d_name) ||
		    read_value(dirfd(d), e->d_name, buf))
			continue;
		if (!strcmp(e->d_name, "enable"))
			item->enabled = !strcmp(buf, "1");
		else if (!sync_item_set(tree, item, e->d_name, buf, NULL))
			return -ENOMEM;
	}
	return 0;
}

static DIR *open_dir(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

static int read_item(struct sync_tree *tree, int at, const char *dir, const char *name)
{
	DIR *d = open_dir(at, name ? name : dir);
	struct sync_item *item;
	int err;

	if (!d)		/* removed meanwhile, or no directory */
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -errno;
	item = sync_tree_add(tree, dir, name);
	err = item ? read_attrs(tree, item, d) : -ENOMEM;
	closedir(d);
	return err;
}

static int read_items(struct sync_tree *tree, int root, const char *name)
{
	DIR *d = open_dir(root, name);
	struct dirent *e;
	size_t n = 0;
	int err = 0;

	if (!d)
		return -errno;
	while (!err && (e = readdir(d))) {
		if (is_dots(e->d_name))
			continue;
		err = ++n > SYNC_ITEMS_MAX ? -E2BIG : read_item(tree, dirfd(d), name, e->d_name);
	}
	closedir(d);
	return err;
}

int sync_tree_read(TALLOC_CTX *ctx, const char *root, struct sync_tree **ret)
{
	static const char *const dirs[] = { "users", "shares", "listeners" };
	struct sync_tree *tree = talloc_zero(ctx, struct sync_tree);
	int fd, err;

	if (!tree)
		return -ENOMEM;
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = fd < 0 ? -errno : read_item(tree, fd, "server", NULL);
	if (!err && !tree->n)
		err = -ENOENT;		/* a root without server/ is not the module's */
	for (size_t i = 0; !err && i < sizeof(dirs) / sizeof(dirs[0]); i++)
		err = read_items(tree, fd, dirs[i]);
	if (!err)
		tree->items[0].enabled = true;
	if (fd >= 0)
		close(fd);
	if (err)
		TALLOC_FREE(tree);
	*ret = tree;
	return err;
}
