//! A network of IP addresses, as the configuration writes it.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::Deserialize;

/// One address, or a network such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Network(pub IpNet);

impl Network {
    /// The form of a network, to be read after "must be".
    pub const FORM: &str = "a list of IP addresses and networks like \"10.0.0.0/8\"";
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        text.parse().or_else(|_| one()).map(Self).map_err(|error| error.to_string())
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
