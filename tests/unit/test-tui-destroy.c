#include "tests/unit/unit.h"

#include "tests/unit/plan-world.h"
#include "tui/destroy-form.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

/* The guard of the destroy page: nothing but all ticks and the whole name presses Destroy. */

static enum form_event press(struct destroy_form *d, struct world *w, int code)
{
    const struct key key = {.type = KEY_CODE, .code = code};
    return destroy_key(d, &w->host, &key, NULL, 0);
}

static void type(struct destroy_form *d, struct world *w, const char *text)
{
    for (; *text; text++) {
        const struct key key = {.type = KEY_CHAR, .ch = (unsigned char)*text};
        destroy_key(d, &w->host, &key, NULL, 0);
    }
}

static void tick(struct destroy_form *d, struct world *w, const char *id)
{
    form_to(d->form, id);
    assert_string_equal(form_focus(d->form), id);
    type(d, w, " ");
}

/* By Enter in the name and by the button, both. */
static bool pressable(struct destroy_form *d, struct world *w)
{
    form_to(d->form, "name");
    enum form_event enter = press(d, w, KEYS_ENTER);
    form_to(d->form, "destroy");
    enum form_event button = press(d, w, KEYS_ENTER);
    assert_int_equal(enter == FORM_PRESSED, button == FORM_PRESSED);
    assert_int_equal(button == FORM_PRESSED, destroy_why_not(d) == NULL);
    return button == FORM_PRESSED;
}

static struct ct *stopped(struct world *w)
{
    for (size_t i = 0; i < w->host.ncts; i++)
        if (w->host.cts[i].state == CT_STOPPED && w->host.cts[i].conf && strcmp(w->host.cts[i].node, w->host.node) == 0)
            return &w->host.cts[i];
    return NULL;
}

static struct ct *running(struct world *w)
{
    for (size_t i = 0; i < w->host.ncts; i++)
        if (w->host.cts[i].state == CT_RUNNING && w->host.cts[i].conf && !w->host.cts[i].lock &&
            strcmp(w->host.cts[i].node, w->host.node) == 0)
            return &w->host.cts[i];
    return NULL;
}

static void test_the_whole_name(void **state)
{
    struct world w;
    (void)state;
    world_init(&w);
    struct ct *ct = stopped(&w);
    assert_non_null(ct);
    struct destroy_form *d = destroy_new(ct->vmid, &w.host);
    assert_string_equal(form_focus(d->form), "name");
    assert_false(pressable(d, &w));
    form_to(d->form, "name");
    for (const char *at = ct->name; *at; at++) {
        assert_false(pressable(d, &w));
        assert_null(destroy_take(d));
        form_to(d->form, "name");
        press(d, &w, KEY_END);
        const char one[2] = {*at, '\0'};
        press(d, &w, KEY_RIGHT);
        type(d, &w, one);
    }
    assert_string_equal(form_value(d->form, "name"), ct->name);
    assert_true(pressable(d, &w));
    form_to(d->form, "name");
    press(d, &w, KEY_END);
    type(d, &w, "x");
    assert_false(pressable(d, &w));
    destroy_free(d);
    world_clear(&w);
}

static void test_running_and_protected(void **state)
{
    static struct ctconf_entry entries[] = {{.key = "rootfs", .value = "local-lvm:vm-1-disk-0,size=8G"},
                                            {.key = "mp0", .value = "tank:subvol-1-disk-0,mp=/data,size=4G"},
                                            {.key = "mp1", .value = "/tank/media,mp=/media"},
                                            {.key = "protection", .value = "1"}};
    struct world w;
    (void)state;
    world_init(&w);
    struct ct *ct = running(&w);
    assert_non_null(ct);
    struct ctconf conf = {.entries = entries, .nentries = 4, .sha1 = "0123456789012345678901234567890123456789"};
    struct ctconf *before = ct->conf;
    ct->conf = &conf;
    struct destroy_form *d = destroy_new(ct->vmid, &w.host);
    assert_string_equal(form_focus(d->form), "stop");
    assert_int_equal(d->lost.n, 2);
    assert_string_equal(d->lost.v[0].what, "root disk");
    assert_string_equal(d->lost.v[1].what, "/data");
    assert_string_equal(d->stays.v[0].where, "host folder /tank/media");
    form_to(d->form, "name");
    type(d, &w, ct->name);
    assert_false(pressable(d, &w));
    tick(d, &w, "stop");
    assert_false(pressable(d, &w));
    tick(d, &w, "lift");
    assert_true(pressable(d, &w));
    tick(d, &w, "stop");
    assert_false(pressable(d, &w));
    tick(d, &w, "stop");
    tick(d, &w, "purge");
    struct plan *plan = destroy_take(d);
    assert_non_null(plan);
    const struct plan_step *last = &plan->steps[plan->nsteps - 1];
    assert_string_equal(last->argv.v[1], "destroy");
    assert_true(argv_has(&last->argv, "--purge"));
    plan_free(plan);
    assert_null(destroy_take(d));
    ct->conf = before;
    destroy_free(d);
    world_clear(&w);
}

/* The CT changes while the page is open: another state wants another tick, a lock or an end closes the way. */
static void test_it_changes_meanwhile(void **state)
{
    struct world w;
    (void)state;
    world_init(&w);
    struct ct *ct = stopped(&w);
    struct destroy_form *d = destroy_new(ct->vmid, &w.host);
    form_to(d->form, "name");
    type(d, &w, ct->name);
    assert_true(pressable(d, &w));
    ct->state = CT_RUNNING;
    destroy_look(d, &w.host);
    assert_false(pressable(d, &w));
    tick(d, &w, "stop");
    assert_true(pressable(d, &w));
    char *lock = ct->lock, backup[] = "backup";
    ct->lock = backup;
    destroy_look(d, &w.host);
    assert_false(pressable(d, &w));
    ct->lock = lock;
    char *name = ct->name, other[] = "somebody-else";
    ct->name = other; /* another CT under the id */
    destroy_look(d, &w.host);
    assert_false(pressable(d, &w));
    ct->name = name;
    size_t n = w.host.ncts;
    w.host.ncts = 0;
    destroy_look(d, &w.host);
    assert_null(d->name);
    assert_non_null(destroy_why_not(d));
    w.host.ncts = n;
    destroy_free(d);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_whole_name),
        cmocka_unit_test(test_running_and_protected),
        cmocka_unit_test(test_it_changes_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
