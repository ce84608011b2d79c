//! What a receipt proves about a bank reference.

use alloy::primitives::Address;
use alloy::rpc::types::TransactionReceipt;
use alloy::sol_types::SolEvent;

use super::bindings::{KeystoneForwarder, LiabilityLedger, MintingConsumerWithACE, StablecoinERC20};
use crate::domain::{OrderKey, Verdict};

/// What one receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptEvidence {
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

/// The contracts, besides the order's own two, whose logs count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Believed {
    /// The configured forwarder.
    pub forwarder: Address,
    /// The ledger of the order's stablecoin.
    pub ledger: Address,
}

/// Reads a receipt. Only logs of our own contracts count: the mint event from the ledger, the transfer from the token,
/// and the successful delivery from the configured forwarder to some consumer: whichever wrote the ledger then, for a
/// consumer may have been replaced since. A refusal and a revert count only from the order's own consumer.
#[must_use]
pub fn read_receipt(receipt: &TransactionReceipt, order: &OrderKey, believed: Believed) -> ReceiptEvidence {
    if !receipt.status() {
        return ReceiptEvidence::Nothing;
    }
    let mut minted_at = None;
    let mut refused = None;
    let mut transferred = false;
    let mut accepted = false;
    let mut delivered = false;
    let mut reverted = false;
    for log in receipt.inner.logs() {
        let from = log.address();
        if from == believed.ledger {
            if let Ok(event) = LiabilityLedger::MintExecuted::decode_log(&log.inner)
                && event.bankRef == order.reference
                && event.account == order.account
                && event.amount == order.amount
            {
                minted_at = log.log_index;
            }
        } else if from == order.consumer {
            if let Ok(event) = MintingConsumerWithACE::MintRejected::decode_log(&log.inner)
                && event.bankRef == order.reference
                && event.account == order.account
                && event.amount == order.amount
            {
                refused = Some(Verdict::new(event.code, event.policy));
            }
        } else if from == order.stablecoin {
            if let Ok(event) = StablecoinERC20::Transfer::decode_log(&log.inner) {
                transferred |=
                    event.from.is_zero() && event.to == order.account && event.value == order.amount;
            }
        } else if from == believed.forwarder
            && let Ok(event) = KeystoneForwarder::ReportProcessed::decode_log(&log.inner)
        {
            accepted |= event.result;
            delivered |= event.receiver == order.consumer && event.result;
            reverted |= event.receiver == order.consumer && !event.result;
        }
    }
    match (minted_at, refused) {
        (Some(log_index), _) if transferred && accepted => ReceiptEvidence::Minted { log_index },
        (None, Some(verdict)) if delivered => ReceiptEvidence::Rejected(verdict),
        (None, None) if reverted && !delivered => ReceiptEvidence::Reverted,
        _ => ReceiptEvidence::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::{B256, LogData, U256};
    use serde_json::json;

    const TOKEN: Address = Address::repeat_byte(1);
    const CONSUMER: Address = Address::repeat_byte(2);
    const FORWARDER: Address = Address::repeat_byte(3);
    const LEDGER: Address = Address::repeat_byte(6);
    const STRANGER: Address = Address::repeat_byte(4);
    const ACCOUNT: Address = Address::repeat_byte(5);

    fn wanted() -> OrderKey {
        OrderKey {
            stablecoin: TOKEN,
            consumer: CONSUMER,
            reference: B256::repeat_byte(7),
            account: ACCOUNT,
            amount: U256::from(100),
        }
    }

    fn minted(reference: B256, account: Address, amount: u64) -> LogData {
        let amount = U256::from(amount);
        LiabilityLedger::MintExecuted { bankRef: reference, account, amount }.encode_log_data()
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

    fn judged(status: &str, logs: &[(Address, LogData)]) -> ReceiptEvidence {
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
        read_receipt(
            &serde_json::from_value(receipt).unwrap(),
            &wanted(),
            Believed { forwarder: FORWARDER, ledger: LEDGER },
        )
    }

    #[test]
    fn receipt_with_three_logs_of_our_contracts_is_a_mint() {
        let good = [
            (TOKEN, transfer(Address::ZERO, ACCOUNT, 100)),
            (LEDGER, minted(B256::repeat_byte(7), ACCOUNT, 100)),
            (FORWARDER, processed(CONSUMER, true)),
        ];
        assert_eq!(judged("0x1", &good), ReceiptEvidence::Minted { log_index: 1 });
        assert_eq!(judged("0x0", &good), ReceiptEvidence::Nothing, "a reverted transaction has done nothing");
        for missing in 0..good.len() {
            let mut logs = good.to_vec();
            logs.remove(missing);
            assert!(!matches!(judged("0x1", &logs), ReceiptEvidence::Minted { .. }), "without log {missing}");
            let mut logs = good.to_vec();
            logs[missing].0 = STRANGER;
            assert!(
                !matches!(judged("0x1", &logs), ReceiptEvidence::Minted { .. }),
                "log {missing} of a stranger"
            );
        }
    }

    #[test]
    fn receipt_about_something_else_is_not_our_mint() {
        let (reference, other) = (B256::repeat_byte(7), B256::repeat_byte(8));
        let ours = (TOKEN, transfer(Address::ZERO, ACCOUNT, 100));
        let done = (FORWARDER, processed(CONSUMER, true));
        for event in
            [minted(other, ACCOUNT, 100), minted(reference, STRANGER, 100), minted(reference, ACCOUNT, 99)]
        {
            assert_eq!(
                judged("0x1", &[ours.clone(), (LEDGER, event), done.clone()]),
                ReceiptEvidence::Nothing
            );
        }
        let event = (LEDGER, minted(reference, ACCOUNT, 100));
        for movement in [transfer(STRANGER, ACCOUNT, 100), transfer(Address::ZERO, STRANGER, 100)] {
            assert_eq!(
                judged("0x1", &[(TOKEN, movement), event.clone(), done.clone()]),
                ReceiptEvidence::Nothing
            );
        }
        let reverted = (FORWARDER, processed(CONSUMER, false));
        assert_eq!(judged("0x1", &[ours.clone(), event.clone(), reverted]), ReceiptEvidence::Nothing);
        // Another consumer of the basket, which has replaced the order's own or was replaced by it.
        let other = (FORWARDER, processed(STRANGER, true));
        assert_eq!(judged("0x1", &[ours, event, other]), ReceiptEvidence::Minted { log_index: 1 });
    }

    #[test]
    fn receipt_refusal_counts_only_when_delivered() {
        let refusal = (CONSUMER, refused());
        let expected = ReceiptEvidence::Rejected(Verdict::new(18, STRANGER));
        assert_eq!(judged("0x1", &[refusal.clone(), (FORWARDER, processed(CONSUMER, true))]), expected);
        assert_eq!(judged("0x1", std::slice::from_ref(&refusal)), ReceiptEvidence::Nothing);
        assert_eq!(judged("0x1", &[(FORWARDER, processed(CONSUMER, false))]), ReceiptEvidence::Reverted);
    }
}
