/* Linked with all objects of the simulator and base: that it links is the test. */
#include <stdio.h>

int main(void)
{
    puts("1..1\nok 1 - the simulator stands on base alone");
    return 0;
}
