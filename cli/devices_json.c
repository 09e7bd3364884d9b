// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// The keys are defined in docs/devices.md.
#include "devices.h"

#include <math.h>

static double fps(struct lkcam_rate r)
{
    return round(1000.0 * r.num / r.den) / 1000;
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static void put(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

static void put_pair(json_t *o, const char *key, int width, int height)
{
    put(o, key, json_pack("[ii]", width, height));
}

static json_t *size_json(const struct lkcam_device_size *s)
{
    json_t *o = json_object(), *rates = json_array();
    put_pair(o, "size", s->max_width, s->max_height);
    if (s->step_width) {
        put_pair(o, "min", s->width, s->height);
        put_pair(o, "step", s->step_width, s->step_height);
    }
    for (size_t i = 0; i < s->rate_count; i++)
        json_array_append_new(rates, json_real(fps(s->rates[i])));
    put(o, s->rate_range ? "fps_range" : "fps", rates);
    return o;
}

static json_t *format_json(const struct lkcam_device_format *f)
{
    json_t *o = json_object(), *sizes = json_array();
    put(o, "fourcc", json_string(f->fourcc));
    put(o, "description", json_string(f->description));
    put(o, "format", text_or_null(f->name));
    for (size_t i = 0; i < f->size_count; i++)
        json_array_append_new(sizes, size_json(&f->sizes[i]));
    put(o, "sizes", sizes);
    return o;
}

static json_t *item_json(const struct lkcam_device_control *c, const struct lkcam_menu_item *item)
{
    json_t *o = json_object();
    put(o, "index", json_integer(item->index));
    if (c->type == LKCAM_CONTROL_MENU)
        put(o, "name", json_string(item->name));
    else
        put(o, "value", json_integer(item->value));
    return o;
}

static void put_value(json_t *o, const struct lkcam_device_control *c)
{
    if (!c->readable)
        put(o, "value", json_null());
    else if (c->type == LKCAM_CONTROL_STRING)
        put(o, "value", json_string(c->text));
    else
        put(o, "value", json_integer(c->value));
}

static json_t *flags_json(const struct lkcam_device_control *c)
{
    json_t *flags = json_array();
    for (const struct lkcam_cli_flag_word *f = lkcam_cli_control_flags; f->word; f++)
        if (c->flags & f->flag)
            json_array_append_new(flags, json_string(f->word));
    return flags;
}

static json_t *control_json(const struct lkcam_device_control *c)
{
    json_t *o = json_object();
    put(o, "name", json_string(c->name));
    put(o, "title", json_string(c->title));
    put(o, "type", json_string(lkcam_cli_control_type(c->type)));
    if (c->type != LKCAM_CONTROL_BUTTON) {
        put(o, "min", json_integer(c->min));
        put(o, "max", json_integer(c->max));
        put(o, "step", json_integer(c->step));
        if (c->type != LKCAM_CONTROL_STRING)
            put(o, "default", json_integer(c->default_value));
        put_value(o, c);
    }
    if (c->item_count) {
        json_t *items = json_array();
        for (size_t i = 0; i < c->item_count; i++)
            json_array_append_new(items, item_json(c, &c->items[i]));
        put(o, "items", items);
    }
    put(o, "flags", flags_json(c));
    return o;
}

static void put_surroundings(json_t *o, const struct lkcam_device *d)
{
    json_t *names = json_array();
    for (size_t i = 0; i < d->name_count; i++)
        json_array_append_new(names, json_string(d->names[i]));
    put(o, "path", json_string(d->path));
    put(o, "names", names);
    put(o, "card", json_string(d->card));
    put(o, "driver", json_string(d->driver));
    put(o, "bus", json_string(d->bus));
    put(o, "problem", text_or_null(d->problem));
    put(o, "holder",
        d->holder_pid ? json_pack("{s:s,s:i}", "program", d->holder, "pid", d->holder_pid)
                      : json_null());
}

json_t *lkcam_cli_device_json(const struct lkcam_device *d)
{
    json_t *o = json_object(), *formats = json_array(), *controls = json_array();
    put_surroundings(o, d);
    for (size_t i = 0; i < d->format_count; i++)
        json_array_append_new(formats, format_json(&d->formats[i]));
    put(o, "formats", formats);
    for (size_t i = 0; i < d->control_count; i++)
        json_array_append_new(controls, control_json(&d->controls[i]));
    put(o, "controls", controls);
    return o;
}
