//! The server of a file of cases, and what is given to it before a question.

use bellwether_test_support::{Persona, Stopped, TestServer, run};

use super::file::Given;
use crate::given::{BELLWETHER, an_empty_server};
use crate::metrics::campaign_id;

/// A server that starts when it is first needed, and anew at another moment.
pub(super) struct World {
    server: Option<TestServer>,
    stopped: Option<Stopped>,
    starts_at: Option<String>,
    config: String,
    /// The token of the owner of an agency of the file's own.
    owner: Option<String>,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            server: None,
            stopped: None,
            starts_at: None,
            config: String::new(),
            owner: None,
        }
    }

    /// Somebody who asks.
    pub(super) fn reader(&mut self) -> Persona {
        self.persona(TestServer::viewer)
    }

    /// The slug of the brand at this place.
    pub(super) fn brand(&mut self, place: usize) -> String {
        match self.owner {
            Some(_) => OWN_BRANDS[place].to_owned(),
            None => self.server().brand(place).to_owned(),
        }
    }

    /// Does what a section says.
    pub(super) fn give(&mut self, given: &Given) {
        let text = given.text();
        match given.word.as_str() {
            "clock" => {
                self.stop();
                self.starts_at = Some(given.details.clone());
            }
            "config" => {
                self.stop();
                self.config = text;
            }
            "agency" => self.found_agency(&given.details),
            "report" => self.report(&given.details, &text),
            "rates" => {
                self.writer().import_rates(&text);
            }
            "campaigns" => self.change_campaigns(&text),
            "labels" => self.label(&text),
            "custom" => self.save_custom_metrics(&text),
            other => panic!("nobody knows how to give `{other}`"),
        }
    }

    fn server(&mut self) -> &TestServer {
        self.server
            .get_or_insert_with(|| match self.stopped.take() {
                None if self.starts_at.is_none() && self.config.is_empty() => an_empty_server(),
                stopped => {
                    let stopped = stopped.unwrap_or_else(|| Stopped::new(BELLWETHER));
                    stopped.restart_at(self.starts_at.as_deref(), &self.config)
                }
            })
    }

    fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            self.stopped = Some(server.kill());
        }
    }

    fn writer(&mut self) -> Persona {
        self.persona(TestServer::owner)
    }

    fn persona(&mut self, of_first_agency: impl Fn(&TestServer) -> Persona) -> Persona {
        let owner = self.owner.clone();
        let server = self.server();
        owner.map_or_else(
            || of_first_agency(server),
            |token| Persona::new(server.url(), Some(&token)),
        )
    }

    /// An agency of the file's own with two brands; `options` are those of `admin add-agency`.
    fn found_agency(&mut self, options: &str) {
        self.server();
        self.stop();
        let stopped = self.stopped.as_ref().expect("it ran until now");
        let data_dir = stopped.data_dir().display().to_string();
        let admin = |options: &str| {
            let line = format!("admin {options} --data-dir {data_dir}");
            let ran = run(BELLWETHER, line.split(' ')).succeeded();
            ran.stdout.trim().to_owned()
        };
        let agency = "add-agency own --name Own --timezone UTC";
        self.owner = Some(admin(&format!("{agency} {options}")));
        for brand in OWN_BRANDS {
            admin(&format!("add-brand {brand} --agency own --name {brand}"));
        }
    }

    /// A report of a dataset for the brand at a place, perhaps cut in a time zone.
    fn report(&mut self, details: &str, csv: &str) {
        let mut words = details.split(' ');
        let dataset = words.next().expect("a report is of a dataset");
        let place = words.next().unwrap_or("0");
        let brand = self.brand(place.parse().expect("the place of a brand"));
        let zone = words.next().map(|zone| format!("&timezone={zone}"));
        let options = format!("register=true&platform=TIKTOK{}", zone.unwrap_or_default());
        let reply = self.writer().ingest_csv(dataset, &brand, &options, csv);
        assert_eq!(reply.status, 200, "{}", reply.text);
    }

    /// A campaign and what becomes of it a line, such as `summer: status: PAUSED`.
    fn change_campaigns(&mut self, text: &str) {
        let owner = self.writer();
        for line in text.lines() {
            let (campaign, change) = line.split_once(": ").expect("`campaign: field: value`");
            let id = campaign_id(&owner, campaign);
            changed(
                &owner,
                "updateCampaign",
                &format!(r#"campaignId: "{id}", {change}"#),
            );
        }
    }

    /// A campaign and all its labels a line, such as `summer: team=Video, region=north`.
    fn label(&mut self, text: &str) {
        let owner = self.writer();
        for line in text.lines() {
            let (campaign, labels) = line.split_once(": ").expect("`campaign: label=value`");
            let labels: Vec<String> = labels
                .split(", ")
                .map(|label| {
                    let (name, value) = label.split_once('=').expect("`label=value`");
                    format!(r#"{{name: "{name}", value: "{value}"}}"#)
                })
                .collect();
            let (id, labels) = (campaign_id(&owner, campaign), labels.join(", "));
            changed(
                &owner,
                "setCampaignLabels",
                &format!(r#"campaign: "{id}", labels: [{labels}]"#),
            );
        }
    }

    /// A metric of the agency's own a line, such as `joy = likes / impressions`.
    fn save_custom_metrics(&mut self, text: &str) {
        let owner = self.writer();
        for line in text.lines() {
            let (name, formula) = line.split_once(" = ").expect("`name = formula`");
            let input = format!(r#"name: "{name}", formula: "{formula}", meaning: "For a case.""#);
            changed(&owner, "saveCustomMetric", &input);
        }
    }
}

/// The brands of an agency of the file's own.
const OWN_BRANDS: [&str; 2] = ["one", "two"];

fn changed(owner: &Persona, mutation: &str, input: &str) {
    let document =
        format!("mutation {{ {mutation}(input: {{{input}}}) {{ userErrors {{ message }} }} }}");
    let answer = owner.data(&document);
    let errors = answer[mutation]["userErrors"].as_array().expect("a list");
    assert!(errors.is_empty(), "{input}: {errors:?}");
}
