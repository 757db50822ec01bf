// The same code as csv_walk.cc for AVX2. What it includes is included here first: nothing that is
// shared with other files may be compiled for AVX2.
#include <immintrin.h>

#include "read/csv_walk.h"

#define LAKEGATE_CSV_WALK_AVX2
#include "read/csv_walk.cc"
