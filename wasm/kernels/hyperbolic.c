// The kernels of the Gaussian process: C sinh(u) and C cosh(u).
#include "kernels.h"

#define LOG2_E 1.4426950408889634
#define LN2_HIGH 6.93147180369123816490e-01 // the first 32 bits of ln 2, so that k LN2_HIGH is exact
#define LN2_LOW 1.90821492927058770002e-10
#define ROUND 6755399441055744.0 // 1.5 * 2^52: adding it leaves the nearest integer in the last bits

static inline f64x2 choose(i64x2 where, f64x2 yes, f64x2 no) {
  return (f64x2)(((i64x2)yes & where) | ((i64x2)no & ~where));
}

static inline f64x2 within(double bound, f64x2 x) {
  return choose(x < -bound, both(-bound), choose(x > bound, both(bound), x));
}

// x 2^k in two steps: neither factor leaves float64's range, and beyond these k the result has long done so.
static inline f64x2 scaled(f64x2 x, f64x2 exponent) {
  i64x2 k = (i64x2)(within(2040, exponent) + ROUND) - (i64x2)both(ROUND), half = k >> 1;
  return x * (f64x2)((half + 1023) << 52) * (f64x2)((k - half + 1023) << 52);
}

// e^x = 2^k (even + odd) and e^-x = 2^-k (even - odd): with r = x - k ln 2, |r| <= ln 2 / 2, the even and the odd terms of
// e^r's Taylor polynomial of degree 13, whose remainder is below one unit in the last place.
static inline f64x2 reduced(f64x2 x, f64x2 *even, f64x2 *odd) {
  static const double terms[12] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
                                   1.0 / 362880,     1.0 / 40320,     1.0 / 5040,     1.0 / 720,
                                   1.0 / 120,        1.0 / 24,        1.0 / 6,        1.0 / 2};
  x = within(1500, x); // 0 and infinity come sooner
  f64x2 k = (x * LOG2_E + ROUND) - ROUND;
  f64x2 r = (x - k * LN2_HIGH) - k * LN2_LOW, square = r * r, up = both(0), down = both(0);
  for (int i = 0; i < 12; i += 2) {
    up = up * square + terms[i];
    down = down * square + terms[i + 1];
  }
  *even = down * square + 1;
  *odd = up * square * r + r;
  return k;
}

// Of u (n, m): sinh := C sinh(u), cosh := C cosh(u), with the logarithms of each row's C.
EXPORT void xw_hyperbolic(size n, size m, const double *log_c, const double *u, double *sinh, double *cosh) {
  for (size row = 0; row < n; row++, u += m, sinh += m, cosh += m) {
    f64x2 even, odd;
    f64x2 k_of_c = reduced(both(log_c[row]), &even, &odd);
    f64x2 c = (even + odd) / 2;
    for (size i = 0; i < m; i += 2) {
      int last = m - i == 1;
      f64x2 k = reduced(last ? both(u[i]) : load(u + i), &even, &odd);
      f64x2 plus = scaled(c * (even + odd), k_of_c + k), minus = scaled(c * (even - odd), k_of_c - k);
      f64x2 difference = plus - minus, sum = plus + minus;
      if (last)
        sinh[i] = difference[0], cosh[i] = sum[0];
      else
        store(sinh + i, difference), store(cosh + i, sum);
    }
  }
}
