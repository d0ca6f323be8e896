//! `explain`: explains an error of the API.

use clap::Args;
use obp_host::obp::explain::{self, Explanation};

use super::output::print;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code, such as OBP-30111 or 30111, or the text of an error. Without it, the command lists all codes.
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Some(code) = self.code else {
            return print(&listed(&explain::all()));
        };
        let Some(found) = explain::find(&code) else {
            let near = listed(&explain::near(&code));
            anyhow::bail!("no error has the code {code}; near ones are:\n{near}`obp-host explain` lists all")
        };
        print(&explained(&found))
    }
}

/// One line for each error: the code and the beginning of its message.
fn listed(explanations: &[Explanation]) -> String {
    let line = |explanation: &Explanation| {
        let text = explanation.text.strip_prefix(explanation.code).unwrap_or_default().trim_start_matches(": ");
        format!("{:9}  {text}\n", explanation.code)
    };
    explanations.iter().map(line).collect()
}

fn explained(explanation: &Explanation) -> String {
    let Explanation { text, statuses, meaning, when, what_to_do, .. } = explanation;
    let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
    format!(
        "{text}\n\nStatus      {}\nMeaning     {meaning}\nWhen        {when}\nWhat to do  {what_to_do}\n",
        statuses.join(", ")
    )
}
