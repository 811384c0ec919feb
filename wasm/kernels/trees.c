// TreeSHAP's inner loop: what a leaf gives to the players on its path and to pairs of them, summed over the background.
//
// Of each line (a leaf, and the set U of players whose conditions the explained row misses) all sets A that background
// rows miss at that leaf are met, and those that share no player with U count. Sets are bits. Tables hold a number for
// each |A| and |U|, up to `longest` players; see core/shapley/leaf_shares.py for what they mean.
#include "kernels.h"

static inline uint64_t bits(const void *sets, size width, size at) {
  switch (width) {
  case 1: return ((const uint8_t *)sets)[at];
  case 2: return ((const uint16_t *)sets)[at];
  case 4: return ((const uint32_t *)sets)[at];
  default: return ((const uint64_t *)sets)[at];
  }
}

// How many members a set has; not every compiler has an instruction for it, and there is no library to call.
static inline size members(uint64_t set) {
  set -= set >> 1 & 0x5555555555555555;
  set = (set & 0x3333333333333333) + (set >> 2 & 0x3333333333333333);
  set = (set + (set >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return set * 0x0101010101010101 >> 56;
}

#define PAIRS_BEFORE(i) ((size)(i) * (2 * longest - (size)(i) - 3) / 2 - 1) // and j: the place of (i, j), i < j
#define EACH(i, set) for (uint64_t rest = set, i; rest && (i = __builtin_ctzll(rest), 1); rest &= rest - 1)

// result (n, longest), zeros before. start (n_leaves + 1) delimits each leaf's entries of `misses` and `count`.
static inline void shares(size n, size longest, size width, const size *place, const void *sets, const size *start,
                          const void *misses, const int32_t *count, const double *gain, const double *loss,
                          double *result) {
  for (size line = 0; line < n; line++, result += longest) {
    uint64_t u = bits(sets, width, line);
    size n_u = members(u);
    double lost = 0;
    for (size e = start[place[line]]; e < start[place[line] + 1]; e++) {
      uint64_t a = bits(misses, width, e);
      if (a & u) continue;
      size cell = members(a) * (longest + 1) + n_u;
      double share = gain[cell] * count[e];
      lost += loss[cell] * count[e];
      EACH(i, a) result[i] += share;
    }
    EACH(i, u) result[i] -= lost;
  }
}

// The same for pairs, result (n, longest (longest - 1) / 2): (0, 1), (0, 2), ... (1, 2), ...
static inline void pair_shares(size n, size longest, size width, const size *place, const void *sets,
                               const size *start, const void *misses, const int32_t *count, const double *within_a,
                               const double *across_both, const double *within_u, double *result) {
  for (size line = 0; line < n; line++, result += longest * (longest - 1) / 2) {
    uint64_t u = bits(sets, width, line);
    size n_u = members(u);
    double without = 0, apart[64];
    for (size i = 0; i < longest; i++) apart[i] = 0; // braces would call memset
    for (size e = start[place[line]]; e < start[place[line] + 1]; e++) {
      uint64_t a = bits(misses, width, e);
      if (a & u) continue;
      size cell = members(a) * (longest + 1) + n_u;
      double within = within_a[cell] * count[e], across = across_both[cell] * count[e];
      without += within_u[cell] * count[e];
      EACH(i, a) {
        apart[i] += across;
        size before = PAIRS_BEFORE(i);
        for (uint64_t later = rest & (rest - 1); later; later &= later - 1)
          result[before + __builtin_ctzll(later)] += within;
      }
    }
    for (size i = 0; i < longest; i++) // no player is in U and in an A that counts: apart[i] is 0 for those in U
      for (size j = i + 1; j < longest; j++) {
        int of_u = (u >> i & 1) + (u >> j & 1);
        if (of_u == 2) result[PAIRS_BEFORE(i) + j] += without;
        if (of_u == 1) result[PAIRS_BEFORE(i) + j] -= apart[i] + apart[j];
      }
  }
}

#define BY_WIDTH(call)                                                                                                 \
  switch (width) {                                                                                                     \
  case 1: call(1); break;                                                                                              \
  case 2: call(2); break;                                                                                              \
  case 4: call(4); break;                                                                                              \
  default: call(8);                                                                                                    \
  }

EXPORT void xw_shares(size n, size longest, size width, const size *place, const void *sets, const size *start,
                      const void *misses, const int32_t *count, const double *gain, const double *loss,
                      double *result) {
#define CALL(w) shares(n, longest, w, place, sets, start, misses, count, gain, loss, result)
  BY_WIDTH(CALL)
#undef CALL
}

EXPORT void xw_pair_shares(size n, size longest, size width, const size *place, const void *sets, const size *start,
                           const void *misses, const int32_t *count, const double *within_a, const double *across_both,
                           const double *within_u, double *result) {
#define CALL(w)                                                                                                        \
  pair_shares(n, longest, w, place, sets, start, misses, count, within_a, across_both, within_u, result)
  BY_WIDTH(CALL)
#undef CALL
}
