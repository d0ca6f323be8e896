//! Comparisons in interleaved rounds, so that a disturbance of the machine affects all compared subjects.

use anyhow::Context as _;

/// The measured values of each subject, one per round.
#[derive(Debug)]
pub(crate) struct Rounds {
    subjects: Vec<Vec<f64>>,
}

/// Measures the subjects 0, 1, … in `count` rounds. Every second round runs backwards.
pub(crate) fn interleaved(
    count: u16,
    subjects: usize,
    mut measure: impl FnMut(usize) -> anyhow::Result<f64>,
) -> anyhow::Result<Rounds> {
    let mut found = vec![Vec::new(); subjects];
    for round in 0..count {
        let mut order: Vec<_> = found.iter_mut().enumerate().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (subject, values) in order {
            values.push(measure(subject)?);
        }
    }
    Ok(Rounds { subjects: found })
}

impl Rounds {
    /// The median of a subject.
    pub(crate) fn median(&self, subject: usize) -> anyhow::Result<f64> {
        median(self.values(subject)?.to_vec())
    }

    /// The median over the rounds of the ratio of two subjects.
    pub(crate) fn ratio(&self, subject: usize, over: usize) -> anyhow::Result<f64> {
        median(self.values(subject)?.iter().zip(self.values(over)?).map(|(value, over)| value / over).collect())
    }

    /// The median over the rounds of the difference of two subjects.
    pub(crate) fn difference(&self, subject: usize, less: usize) -> anyhow::Result<f64> {
        median(self.values(subject)?.iter().zip(self.values(less)?).map(|(value, less)| value - less).collect())
    }

    fn values(&self, subject: usize) -> anyhow::Result<&[f64]> {
        self.subjects.get(subject).map(Vec::as_slice).context("no such subject")
    }
}

/// The middle value, or the mean of the two middle ones.
pub(crate) fn median(mut values: Vec<f64>) -> anyhow::Result<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2).context("nothing was measured")?;
    let lower = values.get(values.len().saturating_sub(1) / 2).unwrap_or(upper);
    Ok(f64::midpoint(*lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]).unwrap(), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]).unwrap(), 2.5);
        assert!(median(vec![]).is_err());
    }

    #[test]
    fn a_ratio_is_of_values_of_the_same_round() {
        // The machine is half as fast in the second and third round.
        let mut values = [20.0, 10.0, 5.0, 10.0, 10.0, 5.0].into_iter();
        let rounds = interleaved(3, 2, |_| Ok(values.next().unwrap())).unwrap();
        assert_eq!(rounds.ratio(0, 1).unwrap(), 2.0);
        assert_eq!(rounds.difference(0, 1).unwrap(), 5.0);
        assert_eq!(rounds.median(0).unwrap(), 10.0);
    }
}
