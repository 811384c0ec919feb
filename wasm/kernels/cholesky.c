// Symmetric positive definite systems: the Cholesky factor by blocks, triangular systems, the inverse.
#include "kernels.h"

#define BLOCK 32

// x (n, m) := root^-1 x, for the lower triangle of root; both with steps from row to row.
static void forward(size n, size m, const double *root, size root_row, double *x, size x_row) {
  for (size start = 0; start < n; start += BLOCK) {
    size end = least(start + BLOCK, n);
    multiply(end - start, m, start, root + start * root_row, root_row, 1, x, x_row, 1, x + start * x_row, x_row, -1);
    for (size i = start; i < end; i++) {
      double *here = x + i * x_row;
      for (size j = start; j < i; j++) {
        const double *above = x + j * x_row, factor = root[i * root_row + j];
        for (size k = 0; k < m; k++) here[k] -= factor * above[k];
      }
      double pivot = root[i * root_row + i];
      for (size k = 0; k < m; k++) here[k] /= pivot;
    }
  }
}

// The factor of a diagonal block; 0 where a pivot isn't positive.
static int factor(size n, double *a, size row) {
  for (size j = 0; j < n; j++) {
    for (size i = j; i < n; i++) {
      double sum = a[i * row + j];
      for (size k = 0; k < j; k++) sum -= a[i * row + k] * a[j * row + k];
      if (i > j)
        a[i * row + j] = sum / a[j * row + j];
      else if (sum > 0)
        a[i * row + j] = __builtin_sqrt(sum);
      else
        return 0;
    }
  }
  return 1;
}

// Rows below a diagonal block, x (n, m) := x root^-T, four at a time.
static void below(size n, size m, const double *root, double *x, size row) {
  f64x2 part[BLOCK][2];
  for (size i = 0; i < n; i += 4) {
    size high = least(4, n - i);
    for (size j = 0; j < m; j++) {
      double four[4] = {0};
      for (size p = 0; p < high; p++) four[p] = x[(i + p) * row + j];
      f64x2 left = load(four), right = load(four + 2);
      for (size k = 0; k < j; k++) {
        f64x2 one = both(root[j * row + k]);
        left -= part[k][0] * one;
        right -= part[k][1] * one;
      }
      f64x2 pivot = both(root[j * row + j]);
      part[j][0] = left / pivot, part[j][1] = right / pivot;
      for (size p = 0; p < high; p++) x[(i + p) * row + j] = part[j][p / 2][p % 2];
    }
  }
}

// a (n, n) := its lower Cholesky factor, zeros above; 0 where it isn't positive definite.
EXPORT int xw_cholesky(size n, double *a) {
  for (size start = 0; start < n; start += BLOCK) {
    size end = least(start + BLOCK, n), width = end - start;
    double *corner = a + start * n + start;
    if (!factor(width, corner, n)) return 0;
    below(n - end, width, corner, a + end * n + start, n);
    for (size j = end; j < n; j += BLOCK) { // the rest, less the product of these columns, by columns
      size wide = least(BLOCK, n - j);
      const double *mine = a + j * n + start;
      multiply(n - j, wide, width, mine, n, 1, mine, 1, n, a + j * n + j, n, -1);
    }
  }
  for (size i = 0; i < n; i++)
    for (size j = i + 1; j < n; j++) a[i * n + j] = 0;
  return 1;
}

// x (n, m) := root^-1 x.
EXPORT void xw_forward(size n, size m, const double *root, double *x) { forward(n, m, root, n, x, m); }

// inverse (n, n), zeros before := (root root')^-1. inverted (n, n), zeros before, is root^-1.
EXPORT void xw_inverse(size n, const double *root, double *inverted, double *inverse) {
  for (size start = 0; start < n; start += BLOCK) {
    size wide = least(BLOCK, n - start);
    double *corner = inverted + start * n + start;
    for (size i = 0; i < wide; i++) corner[i * n + i] = 1;
    forward(n - start, wide, root + start * n + start, n, corner, n);
  }
  for (size i = 0; i < n; i += BLOCK) {
    size high = least(BLOCK, n - i);
    const double *mine = inverted + i * n;
    multiply(high, least(i + BLOCK, n), n - i, mine + i, 1, n, mine, n, 1, inverse + i * n, n, 1);
    for (size p = i; p < i + high; p++)
      for (size q = 0; q < p; q++) inverse[q * n + p] = inverse[p * n + q];
  }
}
