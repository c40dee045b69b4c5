/* Linked with all objects of spec, host and registry, and base: that it links is the test. */
#include <stdio.h>

int main(void)
{
    puts("1..1\nok 1 - what exists is known without plans and jobs");
    return 0;
}
