// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A camera for people, in 80 columns: which --device, --format, --size, --fps and --control it
// takes.
#include "devices.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 80

/* A paragraph whose lines hang below its first word. */
struct paragraph {
    int indent, column;
};

/* Columns, not bytes: a driver's names may be UTF-8. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += (*text & 0xc0) != 0x80;
    return width;
}

static void begin(struct paragraph *p, const char *left, int indent)
{
    *p = (struct paragraph){indent, indent};
    printf("%s%*s", left, indent - width_of(left), "");
}

/* Words within one call stay on one line. */
__attribute__((format(printf, 2, 3))) static void say(struct paragraph *p, const char *format, ...)
{
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    const int width = width_of(text);
    if (p->column > p->indent && p->column + 1 + width > COLUMNS) {
        printf("\n%*s", p->indent, "");
        p->column = p->indent;
    } else if (p->column > p->indent) {
        printf(" ");
        p->column++;
    }
    printf("%s", text);
    p->column += width;
}

static void say_words(struct paragraph *p, const char *text)
{
    while (*text) {
        const int len = (int)strcspn(text, " ");
        say(p, "%.*s", len, text);
        text += len + (text[len] == ' ');
    }
}

static void end(void)
{
    printf("\n");
}

static double fps(struct lkcam_rate r)
{
    return (double)r.num / r.den;
}

static void print_size(const char *left, const struct lkcam_device_size *s)
{
    enum { SIZE_AT = 12, FPS_AT = 24 };
    struct paragraph p;
    char head[64];
    if (s->step_width)
        snprintf(head, sizeof(head), "%-*s%dx%d to %dx%d", SIZE_AT, left, s->width, s->height,
                 s->max_width, s->max_height);
    else
        snprintf(head, sizeof(head), "%-*s%dx%d", SIZE_AT, left, s->width, s->height);
    begin(&p, head, width_of(head) < FPS_AT ? FPS_AT : width_of(head) + 1);
    if (s->rate_range)
        say(&p, "%.4g to %.4g", fps(s->rates[0]), fps(s->rates[1]));
    for (size_t i = 0; i < s->rate_count && !s->rate_range; i++)
        say(&p, "%.4g", fps(s->rates[i]));
    if (!s->rate_count)
        say(&p, "any");
    end();
}

static void print_format(const struct lkcam_device_format *f)
{
    char left[16];
    snprintf(left, sizeof(left), "  %s", f->name);
    for (size_t i = 0; i < f->size_count; i++)
        print_size(i ? "" : left, &f->sizes[i]);
    if (!f->size_count)
        printf("%-12sany         any\n", left);
}

static void print_formats(const struct lkcam_device *d)
{
    struct paragraph p;
    size_t read = 0;
    for (size_t i = 0; i < d->format_count; i++)
        read += d->formats[i].name != NULL;
    if (read)
        printf("  --format  --size      --fps\n");
    for (size_t i = 0; i < d->format_count; i++)
        if (d->formats[i].name)
            print_format(&d->formats[i]);
    if (read == d->format_count)
        return;
    begin(&p, "  not read", 12);
    for (size_t i = 0; i < d->format_count; i++)
        if (!d->formats[i].name)
            say(&p, "%s", d->formats[i].fourcc);
    end();
}

static void say_items(struct paragraph *p, const struct lkcam_device_control *c)
{
    for (size_t i = 0; i < c->item_count; i++) {
        const struct lkcam_menu_item *m = &c->items[i];
        const char *comma = i + 1 < c->item_count ? "," : "";
        if (c->type == LKCAM_CONTROL_MENU)
            say(p, "%d %s%s", m->index, m->name, comma);
        else
            say(p, "%d (%" PRId64 ")%s", m->index, m->value, comma);
    }
}

static void say_range(struct paragraph *p, const struct lkcam_device_control *c)
{
    switch (c->type) {
    case LKCAM_CONTROL_INTEGER:
    case LKCAM_CONTROL_INTEGER64:
        say(p, "%" PRId64 " to %" PRId64, c->min, c->max);
        if (c->step > 1)
            say(p, "by %" PRId64, c->step);
        return;
    case LKCAM_CONTROL_BOOLEAN:
        say(p, "0 or 1");
        return;
    case LKCAM_CONTROL_MENU:
    case LKCAM_CONTROL_INTEGER_MENU:
        say_items(p, c);
        return;
    case LKCAM_CONTROL_BITMASK:
        say(p, "bits of 0x%" PRIx64, (uint64_t)c->max);
        return;
    case LKCAM_CONTROL_STRING:
        say(p, "text of %" PRId64 " to %" PRId64 " bytes", c->min, c->max);
        return;
    case LKCAM_CONTROL_BUTTON:
        say(p, "button, takes no value");
        return;
    }
}

static void say_value(struct paragraph *p, const struct lkcam_device_control *c)
{
    if (!c->readable)
        return;
    if (c->type == LKCAM_CONTROL_STRING)
        say(p, "(now '%.36s')", c->text);
    else if (c->type == LKCAM_CONTROL_BITMASK)
        say(p, "(now 0x%" PRIx64 ")", (uint64_t)c->value);
    else if (c->value == c->default_value)
        say(p, "(now %" PRId64 ")", c->value);
    else
        say(p, "(now %" PRId64 ", default %" PRId64 ")", c->value, c->default_value);
}

static void print_control(const struct lkcam_device_control *c)
{
    struct paragraph p;
    char left[64];
    snprintf(left, sizeof(left), "  %s", c->name);
    begin(&p, left, 35);
    say_range(&p, c);
    say_value(&p, c);
    for (const struct lkcam_cli_flag_word *f = lkcam_cli_control_flags; f->word; f++)
        if (c->flags & f->flag)
            say(&p, "%s", f->word);
    end();
}

void lkcam_cli_device_print(const struct lkcam_device *d)
{
    struct paragraph p;
    printf("%s%s%s\n", d->path, *d->card ? "  " : "", d->card);
    for (size_t i = 0; i < d->name_count; i++)
        printf("  %s\n", d->names[i]);
    if (*d->driver)
        printf("  %s at %s\n", d->driver, d->bus);
    if (d->holder_pid)
        printf("  open in %s (process %d)\n", d->holder, d->holder_pid);
    if (d->problem) {
        begin(&p, "", 2);
        say_words(&p, d->problem);
        end();
        return;
    }
    print_formats(d);
    if (d->control_count)
        printf("  --control\n");
    for (size_t i = 0; i < d->control_count; i++)
        print_control(&d->controls[i]);
}
