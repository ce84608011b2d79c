/** Asks for a mint: checks what is typed, asks compliance before anything is sent, then shows how it goes. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { client, isUnreachable } from '../../base/gateway'
import { pagePath } from '../../base/place'
import { basket, baskets, may } from '../../session/session'
import { basketName } from '../../shell/basket-choice'
import { Field } from '../../ui/field'
import { mintIdOf } from '../../ui/mint-id'
import { Card, Page } from '../../ui/page'
import { Allowed, Empty, ErrorBox, NotAllowed } from '../../ui/states'
import { Beneficiaries } from './beneficiaries'
import { Check, useCheck } from './check'
import { newIntent, openIntent } from './intent'
import { type Draft, faultsOf } from './order-form'

const emptyDraft: Draft = { beneficiary: '', amount: '', bankReference: '' }

export function NewMint() {
  return (
    <Page
      title="New mint"
      lead="Tokens are made only if compliance accepts the beneficiary and the reserves cover the amount."
    >
      <Allowed scope="mint:write">{basket.value === undefined ? <NoBasket /> : <Form />}</Allowed>
    </Page>
  )
}

function Form() {
  const { route } = useLocation()
  const [draft, setDraft] = useState(emptyDraft)
  const [left, setLeft] = useState<Partial<Record<keyof Draft, boolean>>>({})
  const [error, setError] = useState<Error | undefined>()
  const [busy, setBusy] = useState(false)
  const intent = useRef(openIntent())
  const chosen = basket.value
  const decimals = chosen?.token?.decimals ?? 18
  const unit = chosen?.token?.symbol ?? 'tokens'
  const faults = faultsOf(draft, decimals)
  const check = useCheck(
    chosen?.stablecoinAddress,
    faults.beneficiary ? '' : draft.beneficiary,
    faults.amount ? '' : draft.amount,
  )
  const set = (name: keyof Draft) => (text: string) => setDraft({ ...draft, [name]: text.trim() })
  const leave = (name: keyof Draft) => () => setLeft({ ...left, [name]: true })
  const told = (name: keyof Draft) => (left[name] ? faults[name] : undefined)

  useEffect(() => {
    // A reload before the answer came: the same mint is found again, or asked for again under the same key.
    client.resume(intent.current).then(
      (mint) => mint && route(pagePath(`mints/${mint.id}`), true),
      () => {},
    )
  }, [route])

  const submit = async (event: Event) => {
    event.preventDefault()
    setLeft({ beneficiary: true, amount: true, bankReference: true })
    if (Object.keys(faults).length > 0 || chosen === undefined || busy) return
    setBusy(true)
    setError(undefined)
    try {
      const { beneficiary, amount, bankReference } = draft
      const { stablecoinAddress, mintingConsumerAddress } = chosen
      const order = {
        beneficiary,
        amount,
        stablecoinAddress,
        mintingConsumerAddress,
        ...(bankReference === '' ? {} : { bankReference }),
      }
      const mint = await client.mint(order, { intent: intent.current })
      newIntent()
      route(pagePath(`mints/${mint.id}`))
    } catch (fault) {
      const mintId = mintIdOf(fault)
      // Without an answer the mint may exist: the next try asks for the same one.
      if (!isUnreachable(fault)) {
        await client.forget(intent.current)
        intent.current = newIntent()
      }
      if (mintId === undefined) setError(fault as Error)
      else route(pagePath(`mints/${mintId}`))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form class="card form" onSubmit={submit} noValidate>
      <div class="fields">
        <div class="whole">
          <Field
            id="beneficiary"
            label="Beneficiary"
            mono
            placeholder="0x…"
            required
            value={draft.beneficiary}
            onText={set('beneficiary')}
            onBlur={leave('beneficiary')}
            tone={told('beneficiary') ? 'bad' : undefined}
            hint={told('beneficiary') ?? 'The account that gets the tokens.'}
          />
          <Beneficiaries onTake={set('beneficiary')} />
        </div>
        <Field
          id="amount"
          label="Amount"
          inputMode="decimal"
          required
          unit={unit}
          value={draft.amount}
          onText={set('amount')}
          onBlur={leave('amount')}
          tone={told('amount') ? 'bad' : undefined}
          hint={told('amount') ?? 'Whole tokens, with a point before decimals.'}
        />
        <Field
          id="bankReference"
          label="Bank reference"
          value={draft.bankReference}
          onText={set('bankReference')}
          onBlur={leave('bankReference')}
          tone={told('bankReference') ? 'bad' : undefined}
          hint={
            told('bankReference') ?? "The bank's own reference of the payment. It is minted at most once, for ever."
          }
        />
        <BasketField />
      </div>
      <Check of={check} />
      {error ? <ErrorBox error={error} /> : null}
      <div class="card-foot">
        <button type="submit" class="button main" aria-disabled={busy}>
          {busy ? 'Asking…' : `Mint${draft.amount && !faults.amount ? ` ${draft.amount} ${unit}` : ''}`}
        </button>
        <span class="muted small">Final on this chain a few seconds after it is minted.</span>
      </div>
    </form>
  )
}

function BasketField() {
  return (
    <div class="field">
      <span class="label">Basket</span>
      <strong>{basket.value ? basketName(basket.value) : ''}</strong>
      <div class="hint">
        {baskets.value.length > 1 ? 'Choose another one at the list of pages.' : 'The only basket of this gateway.'}
      </div>
    </div>
  )
}

function NoBasket() {
  if (!may('reserve:read')) return <NotAllowed scope="reserve:read" />
  return (
    <Card title="No basket" id="none">
      <Empty title="There is nothing to mint yet">
        <a class="button main" href={pagePath('baskets')}>
          Create a basket
        </a>
      </Empty>
    </Card>
  )
}
