//! What a receipt proves about a bank reference.

use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::TransactionReceipt;
use alloy::sol_types::SolEvent;
use serde::{Deserialize, Serialize};

use super::bindings::{KeystoneForwarder, MintingConsumerWithACE, StablecoinERC20};

/// The order whose fate is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The token.
    pub stablecoin: Address,
    /// The minting consumer.
    pub consumer: Address,
    /// The reference on chain.
    pub reference: B256,
    /// The beneficiary.
    pub account: Address,
    /// Base units.
    pub amount: U256,
}

impl Wanted {
    /// The digest that the consumer keeps once this order was minted.
    #[must_use]
    pub fn digest(&self) -> B256 {
        super::order_digest(self.account, self.amount)
    }
}

/// A transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The transaction.
    pub tx: B256,
    /// Its block's number.
    pub block_number: u64,
    /// Its block's hash.
    pub block_hash: B256,
}

/// Where the mint event of a reference is: this is what "minted" means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MintProof {
    /// The transaction that holds the event, whoever delivered the report.
    pub place: Place,
    /// Index of the event's log in the block.
    pub log_index: u64,
}

/// The consumer's opinion of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// 0 = accepted.
    pub code: u8,
    /// The refusing policy, or zero.
    pub policy: Address,
}

impl Verdict {
    /// A verdict as the contract returned it.
    #[must_use]
    pub const fn new(code: u8, policy: Address) -> Self {
        Self { code, policy }
    }

    /// The name of the code; the same words as in the workflow's result.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.code {
            0 => "ACCEPTED",
            1 => "ZERO_ACCOUNT",
            2 => "BAD_AMOUNT",
            3 => "REFERENCE_USED",
            4 => "ACCOUNT_REPEATED",
            5 => "RESERVE_STALE",
            6 => "RESERVE_INSUFFICIENT",
            7 => "WINDOW_CAP_EXCEEDED",
            8 => "FORBIDDEN_ACCOUNT",
            16 => "POLICY_REJECTED",
            17 => "PAUSED",
            18 => "BLACKLISTED",
            19 => "NOT_WHITELISTED",
            20 => "IDENTITY_REJECTED",
            21 => "VOLUME_OUT_OF_RANGE",
            22 => "RATE_EXCEEDED",
            _ => "UNKNOWN",
        }
    }
}

/// What became of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// Unused, and no refusal was seen.
    Absent,
    /// Unused, and a delivered report was refused.
    Refused {
        /// Where.
        place: Place,
        /// Why.
        verdict: Verdict,
    },
    /// Unused, and the claimed transaction delivered a report that the consumer reverted on.
    Reverted,
    /// Minted, exactly as wanted.
    Minted(MintProof),
    /// Used for another account or amount.
    Conflict,
}

/// What one receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Our order was minted in it.
    Minted {
        /// Index of the mint event in the block.
        log_index: u64,
    },
    /// Our order was refused in it.
    Rejected(Verdict),
    /// The consumer reverted on the report.
    Reverted,
    /// Nothing about our order.
    Nothing,
}

/// Reads a receipt. Only logs of our own contracts count: the mint event from the consumer, the transfer from the
/// token, and the successful delivery from the configured forwarder.
#[must_use]
pub fn judge(receipt: &TransactionReceipt, wanted: &Wanted, forwarder: Address) -> Judgement {
    if !receipt.status() {
        return Judgement::Nothing;
    }
    let mut minted_at = None;
    let mut refused = None;
    let mut transferred = false;
    let mut delivered = false;
    let mut reverted = false;
    for log in receipt.inner.logs() {
        let from = log.address();
        if from == wanted.consumer {
            if let Ok(event) = MintingConsumerWithACE::MintExecuted::decode_log(&log.inner)
                && event.bankRef == wanted.reference
                && event.account == wanted.account
                && event.amount == wanted.amount
            {
                minted_at = log.log_index;
            }
            if let Ok(event) = MintingConsumerWithACE::MintRejected::decode_log(&log.inner)
                && event.bankRef == wanted.reference
                && event.account == wanted.account
                && event.amount == wanted.amount
            {
                refused = Some(Verdict::new(event.code, event.policy));
            }
        } else if from == wanted.stablecoin {
            if let Ok(event) = StablecoinERC20::Transfer::decode_log(&log.inner) {
                transferred |=
                    event.from.is_zero() && event.to == wanted.account && event.value == wanted.amount;
            }
        } else if from == forwarder
            && let Ok(event) = KeystoneForwarder::ReportProcessed::decode_log(&log.inner)
        {
            delivered |= event.receiver == wanted.consumer && event.result;
            reverted |= event.receiver == wanted.consumer && !event.result;
        }
    }
    match (minted_at, refused) {
        (Some(log_index), _) if transferred && delivered => Judgement::Minted { log_index },
        (None, Some(verdict)) if delivered => Judgement::Rejected(verdict),
        (None, None) if reverted && !delivered => Judgement::Reverted,
        _ => Judgement::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::LogData;
    use serde_json::json;

    const TOKEN: Address = Address::repeat_byte(1);
    const CONSUMER: Address = Address::repeat_byte(2);
    const FORWARDER: Address = Address::repeat_byte(3);
    const STRANGER: Address = Address::repeat_byte(4);
    const ACCOUNT: Address = Address::repeat_byte(5);

    fn wanted() -> Wanted {
        Wanted {
            stablecoin: TOKEN,
            consumer: CONSUMER,
            reference: B256::repeat_byte(7),
            account: ACCOUNT,
            amount: U256::from(100),
        }
    }

    fn minted(reference: B256, account: Address, amount: u64) -> LogData {
        let amount = U256::from(amount);
        MintingConsumerWithACE::MintExecuted { bankRef: reference, account, amount }.encode_log_data()
    }

    fn refused() -> LogData {
        let order = wanted();
        let refused = MintingConsumerWithACE::MintRejected {
            bankRef: order.reference,
            account: order.account,
            amount: order.amount,
            policy: STRANGER,
            code: 18,
        };
        refused.encode_log_data()
    }

    fn transfer(from: Address, to: Address, amount: u64) -> LogData {
        StablecoinERC20::Transfer { from, to, value: U256::from(amount) }.encode_log_data()
    }

    fn processed(receiver: Address, result: bool) -> LogData {
        let processed = KeystoneForwarder::ReportProcessed {
            receiver,
            workflowExecutionId: B256::ZERO,
            reportId: [0, 1].into(),
            result,
        };
        processed.encode_log_data()
    }

    fn judged(status: &str, logs: &[(Address, LogData)]) -> Judgement {
        let logs = logs.iter().enumerate().map(|(at, (address, data))| {
            json!({
                "address": address, "topics": data.topics(), "data": data.data, "blockNumber": "0x1",
                "blockHash": B256::ZERO, "transactionHash": B256::ZERO, "transactionIndex": "0x0",
                "logIndex": format!("{at:#x}"), "removed": false,
            })
        });
        let receipt = json!({
            "type": "0x2", "status": status, "cumulativeGasUsed": "0x1", "logs": logs.collect::<Vec<_>>(),
            "logsBloom": format!("0x{}", "00".repeat(256)), "transactionHash": B256::ZERO,
            "transactionIndex": "0x0", "blockHash": B256::ZERO, "blockNumber": "0x1", "gasUsed": "0x1",
            "effectiveGasPrice": "0x1", "from": STRANGER, "to": FORWARDER, "contractAddress": null,
        });
        judge(&serde_json::from_value(receipt).unwrap(), &wanted(), FORWARDER)
    }

    #[test]
    fn three_logs_of_our_own_contracts_are_a_mint() {
        let good = [
            (TOKEN, transfer(Address::ZERO, ACCOUNT, 100)),
            (CONSUMER, minted(B256::repeat_byte(7), ACCOUNT, 100)),
            (FORWARDER, processed(CONSUMER, true)),
        ];
        assert_eq!(judged("0x1", &good), Judgement::Minted { log_index: 1 });
        assert_eq!(judged("0x0", &good), Judgement::Nothing, "a reverted transaction has done nothing");
        for missing in 0..good.len() {
            let mut logs = good.to_vec();
            logs.remove(missing);
            assert!(!matches!(judged("0x1", &logs), Judgement::Minted { .. }), "without log {missing}");
            let mut logs = good.to_vec();
            logs[missing].0 = STRANGER;
            assert!(!matches!(judged("0x1", &logs), Judgement::Minted { .. }), "log {missing} of a stranger");
        }
    }

    #[test]
    fn logs_about_something_else_are_not_our_mint() {
        let (reference, other) = (B256::repeat_byte(7), B256::repeat_byte(8));
        let ours = (TOKEN, transfer(Address::ZERO, ACCOUNT, 100));
        let done = (FORWARDER, processed(CONSUMER, true));
        for event in
            [minted(other, ACCOUNT, 100), minted(reference, STRANGER, 100), minted(reference, ACCOUNT, 99)]
        {
            assert_eq!(judged("0x1", &[ours.clone(), (CONSUMER, event), done.clone()]), Judgement::Nothing);
        }
        let event = (CONSUMER, minted(reference, ACCOUNT, 100));
        for movement in [transfer(STRANGER, ACCOUNT, 100), transfer(Address::ZERO, STRANGER, 100)] {
            assert_eq!(judged("0x1", &[(TOKEN, movement), event.clone(), done.clone()]), Judgement::Nothing);
        }
        let elsewhere = (FORWARDER, processed(STRANGER, true));
        assert_eq!(judged("0x1", &[ours, event, elsewhere]), Judgement::Nothing);
    }

    #[test]
    fn a_refusal_counts_only_when_it_was_delivered() {
        let refusal = (CONSUMER, refused());
        let expected = Judgement::Rejected(Verdict::new(18, STRANGER));
        assert_eq!(judged("0x1", &[refusal.clone(), (FORWARDER, processed(CONSUMER, true))]), expected);
        assert_eq!(judged("0x1", std::slice::from_ref(&refusal)), Judgement::Nothing);
        assert_eq!(judged("0x1", &[(FORWARDER, processed(CONSUMER, false))]), Judgement::Reverted);
    }
}
