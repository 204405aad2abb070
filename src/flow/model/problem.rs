//! What is wrong with a flow; saving it is refused.

use std::fmt;

use crate::domain::ids::{LinkId, StepId};

/// One thing that is wrong, by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub step: Option<StepId>,
    pub step_name: String,
    pub link: Option<LinkId>,
    pub problem: String,
}

impl Problem {
    /// Something wrong with the flow as a whole.
    pub(in crate::flow) fn of_flow(problem: String) -> Self {
        Self { step: None, step_name: String::new(), link: None, problem }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(step) = self.step {
            write!(f, "step {step} ")?;
        }
        if !self.step_name.is_empty() {
            write!(f, "({}) ", self.step_name)?;
        }
        f.write_str(&self.problem)
    }
}
