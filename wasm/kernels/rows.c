// Rows of a table in which coalitions keep some columns: for models without a value-function graph.
#include "kernels.h"

EXPORT int xw_abi(void) { return ABI; }

// What it was compiled from: wasm/kernels/build.py digest().
EXPORT const char *xw_sources(void) { return SOURCES; }

// rows (n, d), float32: x where the mask of the column's player is set, else the coalition's background row.
EXPORT void xw_hybrid_rows(size n, size d, size n_players, const uint8_t *masks, const int64_t *owner, const float *x,
                           const float *background, float *rows) {
  for (size i = 0; i < n; i++, masks += n_players, background += d, rows += d)
    for (size j = 0; j < d; j++) rows[j] = masks[owner[j]] ? x[j] : background[j];
}
