// Products of matrices, by blocks that stay in the caches (Goto & van de Geijn 2008, Anatomy of high-performance
// matrix multiplication).
#include "kernels.h"

#define DEPTH 256 // of a block: four rows of a in the first cache
#define WIDTH 32  // columns of b packed at a time: 64 kB

// 4 x 4 sums of products of packed rows of a and packed columns of b.
static void tile(size depth, const double *a, const double *b, double *out) {
  f64x2 sums[4][2] = {{{0}}};
  for (size k = 0; k < depth; k++, a += 4, b += 4) {
    f64x2 left = load(b), right = load(b + 2);
    for (int i = 0; i < 4; i++) {
      f64x2 one = both(a[i]);
      sums[i][0] += one * left;
      sums[i][1] += one * right;
    }
  }
  for (int i = 0; i < 4; i++) {
    store(out + 4 * i, sums[i][0]);
    store(out + 4 * i + 2, sums[i][1]);
  }
}

// `count` lines of at most 4 numbers, filled with zeros: packed[4 k + i] = from[i inner + k outer].
static void pack(size width, size count, const double *from, size inner, size outer, double *packed) {
  if (width == 4)
    for (size k = 0; k < count; k++, from += outer, packed += 4) {
      packed[0] = from[0];
      packed[1] = from[inner];
      packed[2] = from[2 * inner];
      packed[3] = from[3 * inner];
    }
  else
    for (size k = 0; k < count; k++, from += outer, packed += 4)
      for (size i = 0; i < 4; i++) packed[i] = i < width ? from[i * inner] : 0;
}

void multiply(size n, size m, size depth, const double *a, size a_row, size a_column, const double *b, size b_row,
              size b_column, double *c, size c_row, double sign) {
  double columns[DEPTH * WIDTH], rows[DEPTH * 4], out[16];
  for (size k = 0; k < depth; k += DEPTH) {
    size deep = least(DEPTH, depth - k);
    for (size j = 0; j < m; j += WIDTH) {
      size wide = least(WIDTH, m - j);
      for (size t = 0; t < wide; t += 4)
        pack(least(4, wide - t), deep, b + k * b_row + (j + t) * b_column, b_column, b_row, columns + t * deep);
      for (size i = 0; i < n; i += 4) {
        size high = least(4, n - i);
        pack(high, deep, a + i * a_row + k * a_column, a_row, a_column, rows);
        for (size t = 0; t < wide; t += 4) {
          tile(deep, rows, columns + t * deep, out);
          for (size p = 0; p < high; p++)
            for (size q = 0; q < least(4, wide - t); q++) c[(i + p) * c_row + j + t + q] += sign * out[4 * p + q];
        }
      }
    }
  }
}

EXPORT void xw_multiply(size n, size m, size depth, const double *a, size a_row, size a_column, const double *b,
                        size b_row, size b_column, double *c) {
  multiply(n, m, depth, a, a_row, a_column, b, b_row, b_column, c, m, 1);
}
