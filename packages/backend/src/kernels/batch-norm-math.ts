/** Sums of one channel that batch normalization's gradients are made of. */
export interface ChannelSums {
  /** Number of positions (batch x height x width). */
  readonly count: number;
  readonly mean: number;
  /** Population variance. */
  readonly variance: number;
  readonly epsilon: number;
  readonly scale: number;
  /** `sum dy`. */
  readonly dy: number;
  /** `sum dy * (x - mean)`. */
  readonly product: number;
  /** Gradients that reach the returned mean and variance; 0 where only `y` is used. */
  readonly dMean: number;
  readonly dVariance: number;
}

/** The gradients of one channel; `dx = forDy * dy + forX * x + offset`. */
export interface ChannelGradient {
  readonly forDy: number;
  readonly forX: number;
  readonly offset: number;
  readonly dScale: number;
  readonly dOffset: number;
}

/**
 * Backward pass of batch normalization over one channel (Ioffe and Szegedy 2015, section 3), with `r = 1 / sqrt(variance +
 * epsilon)`: `dx = scale * r * (dy - mean(dy) - (x - mean) * r^2 * mean(dy * (x - mean)))`, plus what flows in through the mean
 * and the variance. It is affine in `dy` and `x`, so one pass over the tensor is enough.
 */
export function channelGradient(sums: ChannelSums): ChannelGradient {
  const { count, mean, variance, epsilon, scale, dy, product, dMean, dVariance } = sums;
  const r = 1 / Math.sqrt(variance + epsilon);
  const forX = (-scale * r ** 3 * product) / count + (2 * dVariance) / count;
  const offset = (-scale * r * dy) / count + dMean / count - forX * mean;
  return { forDy: scale * r, forX, offset, dScale: product * r, dOffset: dy };
}

/** Inputs and outputs of {@link batchNormForward}. */
export interface ForwardArrays {
  readonly x: Float32Array;
  readonly scale: Float32Array;
  readonly offset: Float32Array;
  readonly epsilon: number;
  readonly y: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** Training-mode forward pass in plain JavaScript, sums in double precision; writes `y`, `mean`, `variance`. */
export function batchNormForward({ x, scale, offset, epsilon, y, mean, variance }: ForwardArrays): void {
  const channels = scale.length;
  const count = x.length / channels;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let i = c; i < x.length; i += channels) sum += x[i]!;
    const average = sum / count;
    let squares = 0;
    for (let i = c; i < x.length; i += channels) squares += (x[i]! - average) ** 2;
    mean[c] = average;
    variance[c] = squares / count;
    const factor = scale[c]! / Math.sqrt(squares / count + epsilon);
    for (let i = c; i < x.length; i += channels) y[i] = (x[i]! - average) * factor + offset[c]!;
  }
}

/** Inputs and outputs of {@link batchNormBackward}. */
export interface BackwardArrays {
  readonly x: Float32Array;
  readonly scale: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
  readonly dy: Float32Array;
  readonly dMean: Float32Array;
  readonly dVariance: Float32Array;
  readonly dx: Float32Array;
  readonly dScale: Float32Array;
  readonly dOffset: Float32Array;
}

/** Backward pass in plain JavaScript; writes `dx`, `dScale`, `dOffset`. */
export function batchNormBackward(arrays: BackwardArrays): void {
  const { x, scale, mean, variance, epsilon, dy, dMean, dVariance, dx, dScale, dOffset } = arrays;
  const channels = scale.length;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    let product = 0;
    for (let i = c; i < x.length; i += channels) {
      sum += dy[i]!;
      product += dy[i]! * (x[i]! - mean[c]!);
    }
    const gradient = channelGradient({
      count: x.length / channels,
      mean: mean[c]!,
      variance: variance[c]!,
      epsilon,
      scale: scale[c]!,
      dy: sum,
      product,
      dMean: dMean[c]!,
      dVariance: dVariance[c]!,
    });
    dScale[c] = gradient.dScale;
    dOffset[c] = gradient.dOffset;
    for (let i = c; i < x.length; i += channels)
      dx[i] = gradient.forDy * dy[i]! + gradient.forX * x[i]! + gradient.offset;
  }
}
