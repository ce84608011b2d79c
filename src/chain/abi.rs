//! Every event and function of the committed ABI files (our contracts, ACE, the forwarder), decoded by what the files say.

use std::collections::HashMap;
use std::sync::LazyLock;

use alloy::dyn_abi::{DynSolValue, EventExt, JsonAbiExt};
use alloy::json_abi::{Event, EventParam, Function, JsonAbi, Param};
use alloy::primitives::{B256, LogData, Selector, hex};
use serde_json::{Map, Value, json};

macro_rules! abi {
    ($($name:literal)+) => {
        [$((
            $name,
            include_str!(concat!(
                "../../bank-stablecoin-por-ace-ccip-workflow/contracts/abi/", $name, ".json"
            )),
        )),+]
    };
}

/// Contract names with their ABI files.
const FILES: [(&str, &str); 24] = abi! {
    "AllowPolicy" "BasketFactory" "ComplianceFactory" "ComplianceLens" "ComplianceRegistries" "CredentialRegistry"
    "CredentialRegistryIdentityValidatorPolicy" "FlagPolicy" "IdentityRegistry" "IdentityVolumeRatePolicy"
    "JurisdictionDataValidator" "KeystoneForwarder" "LiabilityLedger" "MintExtractor" "MintingConsumerWithACE"
    "OnlyAuthorizedSenderPolicy" "PausePolicy" "PolicyEngine" "PolicySwitch" "RedemptionDesk" "RejectPolicy"
    "StablecoinERC20" "TimelockController" "VolumePolicy"
};

/// Integers up to this many bits are numbers in JSON; larger ones are texts, because a reader's numbers are not exact.
const NUMBER_BITS_MAX: usize = 32;
/// Arguments that are amounts of a basket's token, by the name that the contracts give them.
const TOKEN_AMOUNTS: [&str; 6] = ["amount", "value", "current", "capPerWindow", "maxAmount", "minAmount"];
/// A contract of which the same names mean something else: wei.
const NO_TOKENS: &str = "TimelockController";

/// What is spelled alike, each with the contract that it is of.
type OfContracts<T> = Vec<(&'static str, T)>;

/// By signature and number of indexed arguments.
static EVENTS: LazyLock<HashMap<(B256, usize), OfContracts<Event>>> = LazyLock::new(|| {
    let mut known: HashMap<_, OfContracts<Event>> = HashMap::new();
    for (contract, abi) in abis() {
        for event in abi.events() {
            let indexed = event.inputs.iter().filter(|input| input.indexed).count();
            known.entry((event.selector(), indexed)).or_default().push((contract, event.clone()));
        }
    }
    known
});

static FUNCTIONS: LazyLock<HashMap<Selector, OfContracts<Function>>> = LazyLock::new(|| {
    let mut known: HashMap<_, OfContracts<Function>> = HashMap::new();
    for (contract, abi) in abis() {
        for function in abi.functions() {
            known.entry(function.selector()).or_default().push((contract, function.clone()));
        }
    }
    known
});

/// The files; one that cannot be read is left out, and the test below fails.
fn abis() -> impl Iterator<Item = (&'static str, JsonAbi)> {
    FILES.iter().filter_map(|(name, text)| Some((*name, serde_json::from_str(text).ok()?)))
}

/// An event or a call in readable form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The name.
    pub name: String,
    /// The whole signature.
    pub signature: String,
    /// The arguments, in order.
    pub arguments: Vec<Argument>,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its value: addresses with checksum, bytes in hex, integers beyond 32 bits as decimal digits.
    pub value: Value,
    /// Whether it is an amount of a basket's token, in base units.
    pub is_token_amount: bool,
}

/// Decodes an event; `contract` is the name of the contract that logged it, if that is known.
#[must_use]
pub fn event(log: &LogData, contract: Option<&str>) -> Option<Decoded> {
    let (topic, indexed) = (log.topics().first()?, log.topics().len() - 1);
    let (owner, event) = of_contract(EVENTS.get(&(*topic, indexed))?, contract)?;
    let decoded = event.decode_log(log).ok()?;
    let (mut indexed, mut body) = (decoded.indexed.iter(), decoded.body.iter());
    let arguments = event.inputs.iter().map(|input| {
        let value = if input.indexed { indexed.next() } else { body.next() };
        Some(argument(owner, &as_param(input), value?))
    });
    let arguments = arguments.collect::<Option<_>>()?;
    Some(Decoded { name: event.name.clone(), signature: event.signature(), arguments })
}

/// Decodes a call; `contract` is the name of the contract that was called, if that is known.
#[must_use]
pub fn call(input: &[u8], contract: Option<&str>) -> Option<Decoded> {
    let (selector, data) = input.split_at_checked(4)?;
    let (owner, function) = of_contract(FUNCTIONS.get(&Selector::from_slice(selector))?, contract)?;
    let values = function.abi_decode_input(data).ok()?;
    let arguments = function.inputs.iter().zip(&values).map(|(input, value)| argument(owner, input, value));
    Some(Decoded {
        name: function.name.clone(),
        signature: function.signature(),
        arguments: arguments.collect(),
    })
}

/// Of several that are spelled alike that of the contract, else the first.
fn of_contract<'a, T>(all: &'a [(&'static str, T)], contract: Option<&str>) -> Option<&'a (&'static str, T)> {
    all.iter().find(|(owner, _)| contract == Some(*owner)).or_else(|| all.first())
}

fn as_param(input: &EventParam) -> Param {
    Param {
        ty: input.ty.clone(),
        name: input.name.clone(),
        components: input.components.clone(),
        internal_type: None,
    }
}

fn argument(owner: &str, param: &Param, value: &DynSolValue) -> Argument {
    let is_amount =
        TOKEN_AMOUNTS.contains(&param.name.as_str()) && ["uint256", "int256"].contains(&&*param.ty);
    Argument {
        name: param.name.clone(),
        value: json_of(value, &param.components),
        is_token_amount: is_amount && owner != NO_TOKENS,
    }
}

/// A value in JSON; the members of a structure have the names that the ABI gives them.
fn json_of(value: &DynSolValue, components: &[Param]) -> Value {
    match value {
        DynSolValue::Bool(is) => json!(is),
        DynSolValue::Int(number, bits) if *bits <= NUMBER_BITS_MAX => json!(number.as_i64()),
        DynSolValue::Int(number, _) => json!(number.to_string()),
        DynSolValue::Uint(number, bits) if *bits <= NUMBER_BITS_MAX => json!(number.to::<u64>()),
        DynSolValue::Uint(number, _) => json!(number.to_string()),
        DynSolValue::Address(address) => json!(address.to_string()),
        DynSolValue::Function(function) => json!(hex::encode_prefixed(function)),
        DynSolValue::FixedBytes(word, size) => json!(hex::encode_prefixed(&word[..*size])),
        DynSolValue::Bytes(bytes) => json!(hex::encode_prefixed(bytes)),
        DynSolValue::String(text) => json!(text),
        DynSolValue::Array(items) | DynSolValue::FixedArray(items) => {
            items.iter().map(|item| json_of(item, components)).collect()
        }
        DynSolValue::Tuple(members) if members.len() == components.len() => {
            let named = components.iter().zip(members);
            let named = named.map(|(param, member)| (param.name.clone(), json_of(member, &param.components)));
            Value::Object(named.collect::<Map<_, _>>())
        }
        DynSolValue::Tuple(members) => members.iter().map(|member| json_of(member, &[])).collect(),
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, Bytes, U256, address};
    use alloy::sol_types::{SolCall, SolEvent};

    use super::*;
    use crate::chain::{KeystoneForwarder, MintingConsumerWithACE, StablecoinERC20};

    const ACCOUNT: Address = address!("60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd");

    #[test]
    fn abi_files_are_all_read() {
        let folder =
            concat!(env!("CARGO_MANIFEST_DIR"), "/bank-stablecoin-por-ace-ccip-workflow/contracts/abi");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".json")?.to_owned()))
            .collect();
        // It is never deployed, so nobody calls it by its address.
        names.retain(|name| name != "BasketFigures");
        names.sort();
        assert_eq!(abis().map(|(name, _)| name.to_owned()).collect::<Vec<_>>(), names);
        let events: usize = abis().map(|(_, abi)| abi.events().count()).sum();
        assert_eq!(EVENTS.values().map(Vec::len).sum::<usize>(), events);
    }

    #[test]
    fn abi_values_have_names_and_exact_figures() {
        let log = MintingConsumerWithACE::MintRejected {
            bankRef: B256::repeat_byte(7),
            account: ACCOUNT,
            amount: U256::MAX,
            policy: Address::ZERO,
            code: 18,
        };
        let found = event(&log.encode_log_data(), Some("MintingConsumerWithACE")).unwrap();
        assert_eq!(found.signature, "MintRejected(bytes32,address,uint256,address,uint8)");
        let argument = |name: &str| found.arguments.iter().find(|argument| argument.name == name).unwrap();
        assert_eq!(argument("account").value, json!(ACCOUNT.to_string()));
        assert_eq!(argument("amount").value, json!(U256::MAX.to_string()));
        assert_eq!(argument("code").value, json!(18));
        assert!(argument("amount").is_token_amount && !argument("code").is_token_amount);
    }

    #[test]
    fn abi_of_the_contract_decides_between_equal_signatures() {
        let log =
            KeystoneForwarder::OwnershipTransferred { from: ACCOUNT, to: Address::ZERO }.encode_log_data();
        let names = |contract| {
            let found = event(&log, contract).unwrap();
            found.arguments.into_iter().map(|argument| argument.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Some("KeystoneForwarder")), ["from", "to"]);
        assert_eq!(names(Some("PausePolicy")), ["previousOwner", "newOwner"]);
        assert!(!names(None).is_empty());
    }

    #[test]
    fn abi_structures_keep_the_names_of_their_members() {
        let components = vec![param("bytes32", "name"), param("bytes", "value")];
        let parameter = DynSolValue::Tuple(vec![
            DynSolValue::FixedBytes(B256::repeat_byte(1), 32),
            DynSolValue::Bytes(vec![0xab]),
        ]);
        let shown = json_of(&DynSolValue::Array(vec![parameter]), &components);
        assert_eq!(shown, json!([{ "name": B256::repeat_byte(1), "value": "0xab" }]));
    }

    fn param(ty: &str, name: &str) -> Param {
        Param { ty: ty.to_owned(), name: name.to_owned(), components: vec![], internal_type: None }
    }

    #[test]
    fn abi_calls_are_decoded_and_nonsense_is_not() {
        let mint = StablecoinERC20::mintCall { account: ACCOUNT, amount: U256::from(5) }.abi_encode();
        let found = call(&mint, None).unwrap();
        assert_eq!((found.name.as_str(), found.arguments[1].value.as_str()), ("mint", Some("5")));
        for input in [&mint[..20], &[], &[1, 2, 3], &[9; 40]] {
            assert_eq!(call(input, None), None);
        }
        let empty = LogData::new_unchecked(vec![], Bytes::new());
        assert_eq!(event(&empty, None), None);
        assert_eq!(event(&LogData::new_unchecked(vec![B256::ZERO], Bytes::new()), None), None);
    }
}
