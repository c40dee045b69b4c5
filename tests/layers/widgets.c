/* Linked with all objects of the widgets, libc and curses: that it links is the test. */
#include <stdio.h>

int main(void)
{
    puts("1..1\nok 1 - the widgets stand on curses alone");
    return 0;
}
