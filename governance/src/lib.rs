//! What violations come to over time: complaints, deadlines, graded penalties. Nothing is weighed yet.
