/* Linked with all objects of the backend, base and libraries, no curses among them: that it links is the test. */
#include <stdio.h>

int main(void)
{
    puts("1..1\nok 1 - the backend links without screens and simulator");
    return 0;
}
