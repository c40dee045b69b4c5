/* Linked with all objects of base and what stands below it: that it links is the test (Makefile.am). */
#include <stdio.h>

int main(void)
{
    puts("1..1\nok 1 - base links with nothing above it");
    return 0;
}
