//! Vectors as integers: two bytes a number and one scale a vector.
//!
//! A number is `scale × (high + low / 256)`. The scale makes the largest number of the vector 127, so that `high` alone is
//! right to half a step, and both together to a 512th of it. Every operation is either exact or rounded as IEEE 754 says,
//! in an order that is written down, so that every machine gets the same codes and the same similarities.

use fearless_simd::{Level, Simd, dispatch};

use super::VectorError;

/// The largest `high`.
const STEPS: f32 = 127.0;
/// The largest number of a query. With 4,096 dimensions a sum of products stays below 2³¹.
const QUERY_STEPS: f32 = 2047.0;
/// How many sums are kept beside each other. The compiler may not reorder a single one.
const LANES: usize = 8;

/// The vector brought to length 1; all zeros if it has no direction.
///
/// # Errors
/// If it holds what is not a finite number.
pub(super) fn unit(vector: &[f32]) -> Result<Vec<f32>, VectorError> {
    if !vector.iter().all(|number| number.is_finite()) {
        return Err(VectorError::NotFinite);
    }
    // In 64 bits the square of no 32-bit number overflows or vanishes.
    let length = vector.iter().map(|&number| f64::from(number) * f64::from(number)).sum::<f64>().sqrt();
    if length == 0.0 {
        return Ok(vec![0.0; vector.len()]);
    }
    Ok(vector.iter().map(|&number| (f64::from(number) / length) as f32).collect())
}

/// Writes the codes of a vector of length 1 and returns its scale, which is zero for a vector without direction.
pub(super) fn encode(unit: &[f32], high: &mut [i8], low: &mut [i8]) -> f32 {
    let scale = largest(unit) / STEPS;
    if scale == 0.0 {
        high.fill(0);
        low.fill(0);
        return 0.0;
    }
    for ((&number, high), low) in unit.iter().zip(high).zip(low) {
        let steps = number / scale;
        let whole = steps.round();
        // Casting to an integer saturates: 128 becomes 127.
        *high = whole as i8;
        *low = ((steps - whole) * 256.0).round() as i8;
    }
    scale
}

/// The numbers of a vector from its codes.
pub(super) fn decode(scale: f32, high: &[i8], low: &[i8]) -> impl Iterator<Item = f32> {
    let step = scale / 256.0;
    high.iter().zip(low).map(move |(&high, &low)| both(high, low) * step)
}

/// A query as integers, for a scan, and what one of them is worth: zero if it has no direction.
pub(super) fn query_codes(unit: &[f32]) -> (f32, Vec<i16>) {
    let scale = largest(unit) / QUERY_STEPS;
    if scale == 0.0 {
        return (0.0, vec![0; unit.len()]);
    }
    (scale, unit.iter().map(|number| (number / scale).round() as i16).collect())
}

/// The dot products of a query with the upper bytes of some vectors, which lie one behind the other.
pub(super) fn scan(query: &[i16], high: &[i8], into: &mut [i32]) {
    dispatch!(Level::new(), simd => scan_on(simd, query, high, into));
}

/// Plain loops: compiled once for each kind of CPU, they use what it has.
#[inline(always)]
fn scan_on<S: Simd>(simd: S, query: &[i16], high: &[i8], into: &mut [i32]) {
    simd.vectorize(
        #[inline(always)]
        || {
            for (vector, sum) in high.chunks_exact(query.len()).zip(into) {
                let products = vector.iter().zip(query).map(|(&a, &b)| i32::from(a) * i32::from(b));
                *sum = products.sum();
            }
        },
    );
}

/// The dot product of a query with a vector.
pub(super) fn dot(query: &[f32], scale: f32, high: &[i8], low: &[i8]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (query, query_rest) = query.as_chunks::<LANES>();
    let (high, high_rest) = high.as_chunks::<LANES>();
    let (low, low_rest) = low.as_chunks::<LANES>();
    for ((query, high), low) in query.iter().zip(high).zip(low) {
        for lane in 0..LANES {
            sums[lane] += query[lane] * both(high[lane], low[lane]);
        }
    }
    let rest = query_rest.iter().zip(high_rest.iter().zip(low_rest));
    let rest: f32 = rest.map(|(query, (&high, &low))| query * both(high, low)).sum();
    (sums.iter().sum::<f32>() + rest) * (scale / 256.0)
}

fn both(high: i8, low: i8) -> f32 {
    f32::from(i16::from(high) * 256 + i16::from(low))
}

fn largest(vector: &[f32]) -> f32 {
    vector.iter().fold(0.0, |largest, number| number.abs().max(largest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(vector: &[f32]) -> (f32, Vec<i8>, Vec<i8>) {
        let unit = unit(vector).unwrap();
        let (mut high, mut low) = (vec![0; unit.len()], vec![0; unit.len()]);
        let scale = encode(&unit, &mut high, &mut low);
        (scale, high, low)
    }

    #[test]
    fn codes_keep_a_number_to_a_512th_of_a_step() {
        let vector: Vec<f32> = (0..77).map(|n| (n as f32 * 0.37).sin()).collect();
        let (scale, high, low) = codes(&vector);
        for (kept, number) in decode(scale, &high, &low).zip(unit(&vector).unwrap()) {
            // One part in a thousand for the rounding of floats; 127.5 steps above a number become 127.498.
            assert!((kept - number).abs() <= scale / 256.0 * 1.001, "{kept} {number}");
        }
    }

    #[test]
    fn lengths_of_every_size_come_to_one() {
        for size in [f32::MAX, 1.0, 1e-20, f32::MIN_POSITIVE, 1e-45] {
            let unit = unit(&[size, -size, 0.0, size]).unwrap();
            let length: f32 = unit.iter().map(|number| number * number).sum();
            assert!((length - 1.0).abs() < 1e-6, "{size} {length}");
        }
        assert_eq!(unit(&[0.0, -0.0]).unwrap(), [0.0, 0.0]);
        assert_eq!(codes(&[0.0; 3]), (0.0, vec![0; 3], vec![0; 3]));
    }

    #[test]
    fn what_is_not_finite_is_refused() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(unit(&[0.5, bad]), Err(VectorError::NotFinite));
        }
    }

    #[test]
    fn a_scan_is_exact_and_never_overflows() {
        for dimensions in [1, 3, 8, 63, 256, 4096] {
            let query = vec![-QUERY_STEPS as i16; dimensions];
            let high = vec![-128; 3 * dimensions];
            let mut sums = [0; 3];
            scan(&query, &high, &mut sums);
            assert_eq!(sums, [dimensions as i32 * 128 * QUERY_STEPS as i32; 3]);
        }
    }

    #[test]
    fn a_dot_product_counts_every_number_whatever_their_count() {
        for dimensions in [1, 7, 8, 9, 31] {
            let vector: Vec<f32> = (1..=dimensions).map(|n| n as f32).collect();
            let (scale, high, low) = codes(&vector);
            let same = dot(&unit(&vector).unwrap(), scale, &high, &low);
            assert!((same - 1.0).abs() < 1e-4, "{dimensions} {same}");
        }
    }

    /// Stored codes depend on it, and hits on other machines must be the same.
    #[test]
    fn codes_and_similarities_are_the_same_on_every_machine() {
        let vector: Vec<f32> = (0..99_i32).map(|n| (n * n * 7 % 101 - 50) as f32).collect();
        let (scale, high, low) = codes(&vector);
        let query: Vec<f32> = (0..99_i32).map(|n| (n * n * n % 89 - 40) as f32).collect();
        let similarity = dot(&unit(&query).unwrap(), scale, &high, &low);
        let bytes: Vec<u8> = high.iter().chain(&low).map(|&code| code as u8).collect();
        assert_eq!(
            (scale.to_bits(), similarity.to_bits(), crc32fast::hash(&bytes)),
            (985358691, 3177340822, 3487934703)
        );
    }
}
