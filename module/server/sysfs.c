// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * server/sysfs.c - /sys/fs/cifssrv/
 *
 *	objects/<kind>		"created destroyed"
 *	commands		"name calls errors" a line
 *	features		one word a line
 *	version			of the module
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "../base/objects.h"
#include "../core/server.h"
#include "life.h"

struct csrv_object_attr {
	struct kobj_attribute	attr;
	enum csrv_object_kind	kind;
};

static ssize_t object_show(struct kobject *kobj, struct kobj_attribute *attr, char *page)
{
	return csrv_object_show(container_of(attr, struct csrv_object_attr, attr)->kind, page);
}

static ssize_t features_show(struct kobject *kobj, struct kobj_attribute *attr, char *page)
{
	static const char * const words[] = {
		"smb2_02", "smb2_10", "smb3_00", "smb3_02", "smb3_11", "large_mtu",
		"encryption", "multichannel", "oplocks",
	};
	ssize_t n = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		n += sysfs_emit_at(page, n, "%s\n", words[i]);
	return n;
}

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", THIS_MODULE->version ?: "?");
}

static ssize_t commands_show(struct kobject *kobj, struct kobj_attribute *attr, char *page)
{
	struct csrv_server *srv = container_of(attr, struct csrv_server, commands_attr);

	return srv->events->show_commands(srv->fe, page);
}

static struct kobj_attribute features_attr = __ATTR_RO(features);
static struct kobj_attribute version_attr = __ATTR_RO(version);

static struct attribute *top_attrs[] = {
	&features_attr.attr,
	&version_attr.attr,
	NULL,
};

static const struct attribute_group top_group = {
	.attrs = top_attrs,
};

static int objects_init(struct kobject *dir, struct csrv_object_attr *attrs)
{
	int i, err;

	for (i = 0; i < CSRV_OBJ_KINDS; i++) {
		sysfs_attr_init(&attrs[i].attr.attr);
		attrs[i].kind = i;
		attrs[i].attr.attr.name = csrv_object_name(i);
		attrs[i].attr.attr.mode = 0444;
		attrs[i].attr.show = object_show;
		err = sysfs_create_file(dir, &attrs[i].attr.attr);
		if (err)
			return err;
	}
	return 0;
}

/**
 * csrv_sysfs_init() - make /sys/fs/cifssrv
 * @srv: the server; csrv_sysfs_exit() before it ends
 *
 * Takes no lock of the server's; may sleep.
 * Return: 0, or an errno and nothing is left in sysfs.
 */
int csrv_sysfs_init(struct csrv_server *srv)
{
	struct kobject *objects;
	int err = -ENOMEM;

	srv->object_attrs = kcalloc(CSRV_OBJ_KINDS, sizeof(*srv->object_attrs), GFP_KERNEL);
	if (!srv->object_attrs)
		return -ENOMEM;
	srv->kobj = kobject_create_and_add("cifssrv", fs_kobj);
	if (!srv->kobj)
		goto free;
	err = sysfs_create_group(srv->kobj, &top_group);
	if (err)
		goto put;
	sysfs_attr_init(&srv->commands_attr.attr);
	srv->commands_attr.attr.name = "commands";
	srv->commands_attr.attr.mode = 0444;
	srv->commands_attr.show = commands_show;
	err = sysfs_create_file(srv->kobj, &srv->commands_attr.attr);
	if (err)
		goto put;
	err = -ENOMEM;
	objects = kobject_create_and_add("objects", srv->kobj);
	if (!objects)
		goto put;
	srv->objects_kobj = objects;
	err = objects_init(objects, srv->object_attrs);
	if (!err)
		return 0;
	kobject_put(objects);
put:
	kobject_put(srv->kobj);
free:
	kfree(srv->object_attrs);
	return err;
}

void csrv_sysfs_exit(struct csrv_server *srv)
{
	kobject_put(srv->objects_kobj);
	kobject_put(srv->kobj);
	kfree(srv->object_attrs);
}
