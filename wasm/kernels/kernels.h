// The hot loops of the core, for numpy's arrays: freestanding C, so that one source makes Pyodide's side module and the
// native library. No function keeps a state or allocates; the stack holds at most 80 kB.
//
// Arrays are float64 and row by row unless said otherwise. No sum is reordered by the compiler and no multiplication
// fused into an addition: every machine gives the same bits.
#pragma once

#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define ABI 1 // of core/compiled.py; raised with every change of an exported function

typedef intptr_t size; // as wide as a pointer: 32 bits in WebAssembly
typedef double f64x2 __attribute__((vector_size(16)));
typedef int64_t i64x2 __attribute__((vector_size(16)));
typedef double f64x2u __attribute__((vector_size(16), aligned(8))); // where it lies anywhere

static inline size least(size a, size b) { return a < b ? a : b; }
static inline f64x2 load(const double *from) { return *(const f64x2u *)from; }
static inline void store(double *to, f64x2 value) { *(f64x2u *)to = value; }
static inline f64x2 both(double value) { return (f64x2){value, value}; }

// c (n, m) += sign * a (n, depth) b (depth, m); of a and b the steps from row to row and from column to column.
void multiply(size n, size m, size depth, const double *a, size a_row, size a_column, const double *b, size b_row,
              size b_column, double *c, size c_row, double sign);
