/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/listener.cfg by "make gen"; do not edit. */
#ifndef CSRV_CONFIGFS_LISTENER_ATTRS_GEN_H
#define CSRV_CONFIGFS_LISTENER_ATTRS_GEN_H

#include "attr.h"

static const struct csrv_text_rule listener_address_rule = {
	.format = CSRV_TEXT_ADDRESS,
	.max = 64,
};

CSRV_ATTR_TEXT(listener, address, &listener_address_rule, CSRV_WHEN_DISABLED);

CSRV_ATTR_U32(listener, port, 1U, 65535U, CSRV_WHEN_DISABLED);

static const char *const listener_transport_names[] = {
	"tcp",
	"rdma",
	NULL
};

CSRV_ATTR_ENUM(listener, transport, listener_transport_names, CSRV_WHEN_DISABLED);

static const struct csrv_text_rule listener_interface_rule = {
	.format = CSRV_TEXT_IFNAME,
	.max = 15,
};

CSRV_ATTR_TEXT(listener, interface, &listener_interface_rule, CSRV_WHEN_DISABLED);

CSRV_ATTR_ENABLE(listener);

static struct configfs_attribute *listener_attrs[] = {
	&listener_attr_address,
	&listener_attr_port,
	&listener_attr_transport,
	&listener_attr_interface,
	&listener_attr_enable,
	NULL
};

#endif
