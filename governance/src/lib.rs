//! What is to be looked at when: cadences of sweeps, and how often each landing is looked at again. Pure: time and chance are
//! arguments. What violations come to over time (complaints, deadlines, graded penalties) is not weighed yet.

pub mod cadence;
pub mod chance;
pub mod revisit;
pub mod sweeping;
