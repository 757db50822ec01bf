// The same code as line_walk.cc for AVX2. What it includes is included here first: nothing that is
// shared with other files may be compiled for AVX2.
#include <immintrin.h>

#include <cstring>

#include "core/digit_word.h"
#include "read/json_text.h"
#include "read/line_walk.h"

#define LAKEGATE_LINE_WALK_AVX2
#include "read/line_walk.cc"
