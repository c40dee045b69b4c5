#ifndef TENGIL_TESTS_UNIT_H
#define TENGIL_TESTS_UNIT_H

/* What every unit test includes: cmocka with the headers that it wants before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
