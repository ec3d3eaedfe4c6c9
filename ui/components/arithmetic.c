// The heavy arithmetic of networks, four numbers at a time; arithmetic.js says the same in JavaScript, and lays out the
// memory. `make wasm` builds arithmetic_wasm.js from it.

typedef float four __attribute__((vector_size(16), aligned(4)));

typedef int whole __attribute__((vector_size(16)));

static inline four all(float value) { return (four){value, value, value, value}; }

// Four rows by eight columns: no more sums fit into the registers of a processor.
static inline void rows4_columns8(const float *a, const float *bias, const float *b, const int *at, int k, float *c, int pitch) {
  four s00 = all(bias[0]), s01 = s00, s10 = all(bias[1]), s11 = s10;
  four s20 = all(bias[2]), s21 = s20, s30 = all(bias[3]), s31 = s30;
  for (int q = 0; q < k; q++, a += 4) {
    const four *from = (const four *)(b + at[q]);
    const four b0 = from[0], b1 = from[1];
    s00 += all(a[0]) * b0, s01 += all(a[0]) * b1;
    s10 += all(a[1]) * b0, s11 += all(a[1]) * b1;
    s20 += all(a[2]) * b0, s21 += all(a[2]) * b1;
    s30 += all(a[3]) * b0, s31 += all(a[3]) * b1;
  }
  ((four *)c)[0] = s00, ((four *)c)[1] = s01, c += pitch;
  ((four *)c)[0] = s10, ((four *)c)[1] = s11, c += pitch;
  ((four *)c)[0] = s20, ((four *)c)[1] = s21, c += pitch;
  ((four *)c)[0] = s30, ((four *)c)[1] = s31;
}

static inline void rows4_columns4(const float *a, const float *bias, const float *b, const int *at, int k, float *c, int pitch) {
  four s0 = all(bias[0]), s1 = all(bias[1]), s2 = all(bias[2]), s3 = all(bias[3]);
  for (int q = 0; q < k; q++, a += 4) {
    const four b0 = *(const four *)(b + at[q]);
    s0 += all(a[0]) * b0, s1 += all(a[1]) * b0, s2 += all(a[2]) * b0, s3 += all(a[3]) * b0;
  }
  *(four *)c = s0, *(four *)(c + pitch) = s1, *(four *)(c + 2 * pitch) = s2, *(four *)(c + 3 * pitch) = s3;
}

static inline void row1_columns4(const float *a, const float *bias, const float *b, const int *at, int k, float *c) {
  four s = all(bias[0]);
  for (int q = 0; q < k; q++) s += all(a[q]) * *(const four *)(b + at[q]);
  *(four *)c = s;
}

static inline void row1_columns16(const float *a, const float *bias, const float *b, const int *at, int k, float *c) {
  four s0 = all(bias[0]), s1 = s0, s2 = s0, s3 = s0;
  for (int q = 0; q < k; q++) {
    const four *from = (const four *)(b + at[q]);
    s0 += all(a[q]) * from[0], s1 += all(a[q]) * from[1], s2 += all(a[q]) * from[2], s3 += all(a[q]) * from[3];
  }
  ((four *)c)[0] = s0, ((four *)c)[1] = s1, ((four *)c)[2] = s2, ((four *)c)[3] = s3;
}

// As `product` in arithmetic.js.
__attribute__((export_name("product")))
void product(const float *a, const float *bias, const float *b, const int *at, float *c, int m, int n, int k, int pitch) {
  const int blocks = m & ~3;
  int j = 0;
  for (; j + 8 <= n; j += 8)
    for (int i = 0; i < blocks; i += 4) rows4_columns8(a + i * k, bias + i, b + j, at, k, c + i * pitch + j, pitch);
  for (; j < n; j += 4)
    for (int i = 0; i < blocks; i += 4) rows4_columns4(a + i * k, bias + i, b + j, at, k, c + i * pitch + j, pitch);
  for (int i = blocks; i < m; i++) {
    for (j = 0; j + 16 <= n; j += 16) row1_columns16(a + i * k, bias + i, b + j, at, k, c + i * pitch + j);
    for (; j < n; j += 4) row1_columns4(a + i * k, bias + i, b + j, at, k, c + i * pitch + j);
  }
}

// The last of n numbers, up to three, are computed with those behind them: there is room for them.
__attribute__((export_name("relu")))
void relu(four *x, int n) {
  for (int i = 0; 4 * i < n; i++) x[i] = (four)((whole)x[i] & ~(x[i] < 0));
}

// 2^-1/2 to 2^1/2 by the polynomial of Cephes' expf; the rest is an exponent.
static inline four exponential(four x) {
  x = __builtin_wasm_max_f32x4(all(-87), __builtin_wasm_min_f32x4(all(88), x)); // beyond, the exponent has no room
  const four n = __builtin_wasm_nearest_f32x4(x * 1.44269504f);
  const four r = x - n * 0.693359375f + n * 2.12194440e-4f;
  four p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1;
  return p * (four)((__builtin_wasm_trunc_saturate_s_i32x4_f32x4(n) + 127) << 23);
}

__attribute__((export_name("sigmoid")))
void sigmoid(four *x, int n) {
  for (int i = 0; 4 * i < n; i++) x[i] = 1 / (1 + exponential(-x[i]));
}

// from[places[i]] -> to[i], for each channel.
__attribute__((export_name("gather")))
void gather(const float *from, float *to, const int *places, int n, int channels, int pitch) {
  for (int c = 0; c < channels; c++, from += pitch, to += n)
    for (int i = 0; i < n; i++) to[i] = from[places[i]];
}

__attribute__((export_name("scatter")))
void scatter(const float *from, float *to, const int *places, int n, int channels, int pitch) {
  for (int c = 0; c < channels; c++, from += n, to += pitch)
    for (int i = 0; i < n; i++)
      if (places[i] >= 0) to[places[i]] = from[i];
}
