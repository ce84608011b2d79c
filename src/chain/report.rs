//! A report as the forwarder receives it: the header that the DON signs with it, and the body that the consumer reads.

use alloy::primitives::{Address, B256, FixedBytes, U256};
use alloy::sol;
use alloy::sol_types::{SolCall, SolValue};

use super::bindings::KeystoneForwarder;

/// Bytes of the header.
const HEADER_BYTES: usize = 109;
/// The layout of the body that is understood, see the contracts' ReportCodec.
const BODY_VERSION: u8 = 2;

sol! {
    /// One mint to make.
    #[derive(Debug, PartialEq, Eq)]
    struct ReportedOrder {
        bytes32 reference;
        address account;
        uint256 amount;
        uint64 destination;
    }

    /// One step of a redemption.
    #[derive(Debug, PartialEq, Eq)]
    struct ReportedRedemption {
        bytes32 id;
        uint8 step;
        bytes32 settlement;
        uint64 paidAt;
    }

    /// What the DON observed at the reserve source.
    #[derive(Debug, PartialEq, Eq)]
    struct ReportedReserves {
        uint256 amount;
        uint64 observedAt;
    }

    /// The body of a report.
    #[derive(Debug, PartialEq, Eq)]
    struct ReportBody {
        uint8 version;
        uint8 instruction;
        uint256 chainId;
        address consumer;
        uint64 validUntil;
        ReportedReserves reserves;
        ReportedOrder[] orders;
        ReportedRedemption[] redemptions;
    }
}

/// What the DON says about the report itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportHeader {
    /// Layout of the header.
    pub version: u8,
    /// The run.
    pub execution_id: B256,
    /// Its time, unix seconds.
    pub timestamp: u32,
    /// The DON.
    pub don_id: u32,
    /// The version of its signers' list.
    pub don_config_version: u32,
    /// The workflow: its code and configuration.
    pub workflow_id: B256,
    /// The workflow's name, hashed.
    pub workflow_name: FixedBytes<10>,
    /// The workflow's owner.
    pub workflow_owner: Address,
    /// Which report of the run it is.
    pub report_id: FixedBytes<2>,
}

/// A delivered report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredReport {
    /// The consumer that it was delivered to.
    pub receiver: Address,
    /// Its header; `None` where it is none.
    pub header: Option<ReportHeader>,
    /// Its body; `None` where its layout is unknown.
    pub body: Option<ReportBody>,
    /// How many signatures came with it.
    pub signatures: usize,
}

/// Reads the report in a call of the forwarder, if it is one.
#[must_use]
pub fn delivered_report(input: &[u8]) -> Option<DeliveredReport> {
    let call = KeystoneForwarder::reportCall::abi_decode(input).ok()?;
    let parts = call.rawReport.split_at_checked(HEADER_BYTES);
    Some(DeliveredReport {
        receiver: call.receiver,
        header: parts.and_then(|(header, _)| read_header(header)),
        body: parts.and_then(|(_, body)| read_body(body)),
        signatures: call.signatures.len(),
    })
}

fn read_header(mut bytes: &[u8]) -> Option<ReportHeader> {
    fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
        let (taken, rest) = bytes.split_first_chunk::<N>()?;
        *bytes = rest;
        Some(taken)
    }
    let bytes = &mut bytes;
    Some(ReportHeader {
        version: take::<1>(bytes)?[0],
        execution_id: take::<32>(bytes)?.into(),
        timestamp: u32::from_be_bytes(*take(bytes)?),
        don_id: u32::from_be_bytes(*take(bytes)?),
        don_config_version: u32::from_be_bytes(*take(bytes)?),
        workflow_id: take::<32>(bytes)?.into(),
        workflow_name: take::<10>(bytes)?.into(),
        workflow_owner: take::<20>(bytes)?.into(),
        report_id: take::<2>(bytes)?.into(),
    })
}

fn read_body(body: &[u8]) -> Option<ReportBody> {
    // The version is read alone first: the layout of another version may not decode at all.
    let version = U256::abi_decode(body.get(..32)?).ok()?;
    if version != U256::from(BODY_VERSION) {
        return None;
    }
    ReportBody::abi_decode_params(body).ok()
}

impl ReportBody {
    /// What the consumer is told to do.
    #[must_use]
    pub const fn instruction_word(&self) -> &'static str {
        match self.instruction {
            1 => "mint",
            2 => "redeem",
            3 => "attest",
            _ => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Bytes;

    use super::*;

    fn body() -> ReportBody {
        ReportBody {
            version: BODY_VERSION,
            instruction: 1,
            chainId: U256::from(31_337),
            consumer: Address::repeat_byte(5),
            validUntil: 1_900_000_000,
            reserves: ReportedReserves { amount: U256::from(9), observedAt: 8 },
            orders: vec![ReportedOrder {
                reference: B256::repeat_byte(7),
                account: Address::repeat_byte(6),
                amount: U256::from(5),
                destination: 0,
            }],
            redemptions: vec![],
        }
    }

    fn delivered(body: &[u8]) -> DeliveredReport {
        let mut raw = vec![1];
        raw.extend([0x11; 32]);
        raw.extend([0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6]);
        raw.extend([0x22; 32]);
        raw.extend([0x33; 10]);
        raw.extend([0x44; 20]);
        raw.extend([0, 9]);
        raw.extend(body);
        let call = KeystoneForwarder::reportCall {
            receiver: Address::repeat_byte(5),
            rawReport: raw.into(),
            reportContext: Bytes::new(),
            signatures: vec![Bytes::new(), Bytes::new()],
        };
        delivered_report(&call.abi_encode()).unwrap()
    }

    #[test]
    fn report_header_and_body_are_read_from_the_call() {
        let report = delivered(&body().abi_encode_params());
        let header = report.header.unwrap();
        assert_eq!(
            (header.version, header.timestamp, header.don_id, header.don_config_version),
            (1, 4, 5, 6)
        );
        assert_eq!(
            (header.execution_id, header.workflow_id),
            (B256::repeat_byte(0x11), B256::repeat_byte(0x22))
        );
        assert_eq!(header.workflow_owner, Address::repeat_byte(0x44));
        assert_eq!(
            (header.workflow_name.to_string(), header.report_id),
            ("0x33333333333333333333".to_owned(), [0, 9].into())
        );
        assert_eq!((report.body, report.signatures), (Some(body()), 2));
    }

    #[test]
    fn report_of_another_layout_has_no_body() {
        let other = ReportBody { version: 7, ..body() };
        assert_eq!(delivered(&other.abi_encode_params()).body, None);
        assert_eq!(delivered(&[1, 2, 3]).body, None);
        let mut cut = body().abi_encode_params();
        cut.truncate(cut.len() - 32);
        assert_eq!(delivered(&cut).body, None);
        assert_eq!(delivered_report(&[1, 2, 3, 4, 5]), None);
    }
}
