//! `explain`: what an error of the API means, when it occurs and what to do.

use clap::Args;
use obp_host::obp::explain::{self, Explanation};

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code, such as OBP-30111 or 30111, or a text without a code; without it, all codes are listed.
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Some(code) = self.code else {
            print!("{}", listed(&explain::all()));
            return Ok(());
        };
        let Some(found) = explain::find(&code) else {
            let near = listed(&explain::near(&code));
            anyhow::bail!("no error has the code {code}; near ones are:\n{near}`obp-host explain` lists all")
        };
        print!("{}", told(&found));
        Ok(())
    }
}

/// A line each: the code, and how its messages begin.
fn listed(explanations: &[Explanation]) -> String {
    let line = |explanation: &Explanation| {
        let text = explanation.text.strip_prefix(explanation.code).unwrap_or_default().trim_start_matches(": ");
        format!("{:9}  {text}\n", explanation.code)
    };
    explanations.iter().map(line).collect()
}

fn told(explanation: &Explanation) -> String {
    let Explanation { text, statuses, meaning, when, what_to_do, .. } = explanation;
    let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
    format!(
        "{text}\n\nStatus      {}\nMeaning     {meaning}\nWhen        {when}\nWhat to do  {what_to_do}\n",
        statuses.join(", ")
    )
}
