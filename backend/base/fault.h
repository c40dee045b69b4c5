#ifndef TENGIL_BASE_FAULT_H
#define TENGIL_BASE_FAULT_H

/*
 * Faults on demand, for tests: a program that is built with -DTENGIL_FAULTS reads the file that TENGIL_FAULT_FILE names
 * (lines `WHAT MOMENT exit|term|kill|hang`) whenever it comes to a fault point, and does what a line of this point
 * asks: exit(1), a signal to itself, or sleep until one ends it. In the product a fault point is nothing.
 */
#ifdef TENGIL_FAULTS
void fault_point(const char *what, const char *moment);
#else
static inline void fault_point(const char *what, const char *moment)
{
    (void)what;
    (void)moment;
}
#endif

#endif
