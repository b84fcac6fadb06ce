//! Matrices as slices, one row after the other, and their products.

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_tensor::{Matrix, NdTensorView};

pub(super) fn matrix(data: &[f32], rows: usize, columns: usize) -> Matrix<'_> {
    NdTensorView::from_data([rows, columns], data)
}

/// `out = alpha · a · b + bias`, the bias to each row.
pub(super) fn product(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, alpha: f32, bias: Option<&[f32]>) {
    let options = GemmOptions { alpha, bias: bias.map(BiasVector::Row), ..GemmOptions::default() };
    GemmExecutor::<f32>::default()
        .gemm(out, GemmInputA::Unpacked(a), GemmInputB::Unpacked(b), options)
        .expect("internal error: the shapes of a product fit");
}
