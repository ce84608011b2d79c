/** Creates a basket: the wallet signs, the receipt names the contracts, the gateway gets its name. */
import { useState } from 'preact/hooks'
import { shortHex } from '../../base/hex'
import { pagePath } from '../../base/place'
import { card, choose, loadBaskets, may } from '../../session/session'
import { Field } from '../../ui/field'
import { Card } from '../../ui/page'
import { ErrorBox } from '../../ui/states'
import { Hex } from '../../ui/text'
import { connected, isOnChain } from '../../wallet/wallet'
import { ChainNotice } from './chain-notice'
import type { NewBasket } from './create-basket'
import { type TermsDraft, noTerms, termsFaults, termsOf } from './terms'

/** What the factory takes: printable ASCII without a space at either end. */
function textFault(text: string, most: number): string | undefined {
  if (text === '') return 'Enter one.'
  if (text.length > most) return `At most ${most} characters.`
  return /^[!-~]([ -~]*[!-~])?$/.test(text) ? undefined : 'Letters, digits and signs of ASCII, no space at either end.'
}

const [nameMost, symbolMost] = [64, 16]

export function Create({ onDone }: { onDone: () => void }) {
  const [draft, setDraft] = useState({ name: '', symbol: '' })
  const [terms, setTerms] = useState(noTerms)
  const [isAsked, setAsked] = useState(false)
  const [step, setStep] = useState<string | undefined>()
  const [error, setError] = useState<Error | undefined>()
  const [made, setMade] = useState<NewBasket | undefined>()
  const wallet = connected.value
  const faults = { name: textFault(draft.name, nameMost), symbol: textFault(draft.symbol, symbolMost) }
  const wrongTerms = termsFaults(terms)
  const told = (field: 'name' | 'symbol') => (isAsked ? faults[field] : undefined)

  const submit = async (event: Event) => {
    event.preventDefault()
    setAsked(true)
    const isWrong = [...Object.values(faults), ...Object.values(wrongTerms)].some((fault) => fault !== undefined)
    if (isWrong || wallet === undefined || step !== undefined) return
    setError(undefined)
    setMade(undefined)
    try {
      const { createBasket } = await import('./create-basket')
      const factory = card.value?.basketFactory ?? ''
      const basket = await createBasket({ wallet, factory, ...draft, terms: termsOf(terms), onStep: setStep })
      setMade(basket)
      await loadBaskets()
      choose(basket.stablecoinAddress)
      setDraft({ name: '', symbol: '' })
      setTerms(noTerms)
      setAsked(false)
      onDone()
    } catch (fault) {
      setError(fault as Error)
    }
    setStep(undefined)
  }

  return (
    <Card title="Create a basket" id="create">
      <Creators />
      <form class="form" onSubmit={submit} noValidate>
        <div class="fields">
          <Field
            id="token-name"
            label="Name of the token"
            placeholder="Demo Bank Euro"
            value={draft.name}
            onText={(name) => setDraft({ ...draft, name })}
            tone={told('name') ? 'bad' : undefined}
            hint={told('name') ?? `1 to ${nameMost} characters; wallets show it.`}
          />
          <Field
            id="token-symbol"
            label="Symbol"
            placeholder="EURD"
            value={draft.symbol}
            onText={(symbol) => setDraft({ ...draft, symbol })}
            tone={told('symbol') ? 'bad' : undefined}
            hint={told('symbol') ?? `1 to ${symbolMost} characters.`}
          />
        </div>
        <TermsFields draft={terms} faults={isAsked ? wrongTerms : {}} onDraft={setTerms} />
        <ChainNotice />
        {error ? <ErrorBox error={error} /> : null}
        {made ? <Made basket={made} /> : null}
        <div class="card-foot">
          <button
            type="submit"
            class="button main"
            disabled={wallet === undefined || !isOnChain.value || step !== undefined}
          >
            {step ?? 'Create the basket'}
          </button>
          <span class="muted small" role="status">
            {wallet === undefined
              ? 'Connect a wallet: the factory is called by it.'
              : `${shortHex(wallet.account)} signs, and becomes the admin of the basket's rules.`}
          </span>
        </div>
      </form>
    </Card>
  )
}

interface TermsFieldsProps {
  draft: TermsDraft
  faults: Partial<TermsDraft>
  onDraft: (draft: TermsDraft) => void
}

/** What the factory would choose, unless somebody else does. */
function TermsFields({ draft, faults, onDraft }: TermsFieldsProps) {
  const field = (name: keyof TermsDraft, label: string, placeholder: string, hint: string, unit?: string) => (
    <Field
      id={`terms-${name}`}
      label={label}
      placeholder={placeholder}
      unit={unit}
      inputMode="decimal"
      value={draft[name]}
      onText={(text) => onDraft({ ...draft, [name]: text })}
      tone={faults[name] ? 'bad' : undefined}
      hint={faults[name] ?? hint}
    />
  )
  return (
    <details open={Object.values(draft).some((text) => text !== '')}>
      <summary>Decimals and limits of its own</summary>
      <div class="fields">
        {field('decimals', 'Decimals', '6', 'Of the token, for ever; 0 to 18.')}
        {field('cap', 'Cap per window', '5000000', 'Whole tokens; the timelock may change it.')}
        {field('hours', 'Window', '24', '1 to 720; the timelock may change it.', 'hours')}
      </div>
    </details>
  )
}

/** Where creation is restricted, who may. */
function Creators() {
  const creation = card.value?.creation
  if (creation === undefined || creation === null || creation.open) return null
  return (
    <div class="notice warn">
      <p class="notice-title">Not everybody may create baskets here</p>
      {creation.creators === null || creation.creators.length === 0 ? (
        <p>
          The factory takes calls only of accounts with its creator role. Its administrator, the timelock, grants it.
        </p>
      ) : (
        <p>
          These accounts may:{' '}
          {creation.creators.map((account) => (
            <Hex key={account} of={account} />
          ))}
        </p>
      )}
    </div>
  )
}

function Made({ basket: { name, tx, isRegistered } }: { basket: NewBasket }) {
  return (
    <div class="notice good" role="status">
      <p class="notice-title">{name} was created</p>
      <p>
        The whole basket came in <a href={pagePath(`tx/${tx}`)}>one transaction</a>.{' '}
        {isRegistered || !may('admin') ? '' : 'The gateway did not take its name; it is listed by its address. '}
        <a href={pagePath('mint')}>Mint the first tokens</a>
      </p>
    </div>
  )
}
