// The public header alone, as C99 and as C++: nothing before it, nothing beside it.
#include <lkcam/lkcam.h>

int main(void)
{
    struct lkcam_config cfg;
    lkcam_config_default(&cfg);
    return cfg.size == sizeof cfg ? 0 : 1;
}
