//! What a chain's timelock is told to do, and does once its delay is over.

use alloy::primitives::{Address, B256, Bytes, U256, address};
use alloy::sol_types::SolCall;
use cre_backend::chain::{BasketFactory, TimelockController};

use crate::{Anvil, until};

/// Proposes and executes on the local chain: Anvil's account 0, which deployed everything.
const OPERATOR: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

/// Calls that a timelock makes in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    targets: Vec<Address>,
    payloads: Vec<Bytes>,
}

impl Operation {
    /// One call more.
    #[must_use]
    pub fn and<C: SolCall>(mut self, target: Address, call: &C) -> Self {
        self.targets.push(target);
        self.payloads.push(call.abi_encode().into());
        self
    }

    fn values(&self) -> Vec<U256> {
        vec![U256::ZERO; self.targets.len()]
    }
}

impl Anvil {
    /// The timelock that governs every basket.
    pub async fn timelock(&self) -> Address {
        self.call(self.factory, &BasketFactory::timelockCall {}).await
    }

    /// Tells the timelock what to do after its least delay; returns the number of the operation.
    pub async fn schedule(&self, operation: &Operation) -> B256 {
        let timelock = self.timelock().await;
        let delay = self.call(timelock, &TimelockController::getMinDelayCall {}).await;
        let schedule = TimelockController::scheduleBatchCall {
            targets: operation.targets.clone(),
            values: operation.values(),
            payloads: operation.payloads.clone(),
            predecessor: B256::ZERO,
            salt: B256::ZERO,
            delay,
        };
        self.send_as(OPERATOR, timelock, &schedule).await;
        let hash = TimelockController::hashOperationBatchCall {
            targets: operation.targets.clone(),
            values: operation.values(),
            payloads: operation.payloads.clone(),
            predecessor: B256::ZERO,
            salt: B256::ZERO,
        };
        self.call(timelock, &hash).await
    }

    /// Waits until the chain itself has passed the delay of an operation, and lets it be carried out.
    pub async fn execute(&self, operation: &Operation, id: B256) {
        let timelock = self.timelock().await;
        let ready =
            until(async || self.call(timelock, &TimelockController::isOperationReadyCall { id }).await);
        assert!(ready.await, "the delay of the timelock never ended");
        let execute = TimelockController::executeBatchCall {
            targets: operation.targets.clone(),
            values: operation.values(),
            payloads: operation.payloads.clone(),
            predecessor: B256::ZERO,
            salt: B256::ZERO,
        };
        self.send_as(OPERATOR, timelock, &execute).await;
    }
}
