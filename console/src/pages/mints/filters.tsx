import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { isAddress, isHash } from '../../base/hex'
import { baskets } from '../../session/session'
import { basketName } from '../../shell/basket-choice'
import { Field } from '../../ui/field'
import { allStatuses, statusWord } from '../../ui/status'
import { type MintFilter, isFiltered, placeOf } from './filter'

export function Filters({ filter }: { filter: MintFilter }) {
  const { route } = useLocation()
  const [draft, setDraft] = useState(filter)
  const set = (name: keyof MintFilter) => (text: string) => setDraft({ ...draft, [name]: text.trim() })
  const choose = (name: keyof MintFilter) => (event: Event) => {
    const next = { ...draft, [name]: (event.currentTarget as HTMLSelectElement).value, cursor: '' }
    setDraft(next)
    route(placeOf(next))
  }
  const wrongAccount = draft.beneficiary !== '' && !isAddress(draft.beneficiary)
  const wrongTx = draft.tx !== '' && !isHash(draft.tx)
  const submit = (event: Event) => {
    event.preventDefault()
    if (!wrongAccount && !wrongTx) route(placeOf({ ...draft, cursor: '' }))
  }
  const clear = () => {
    const none = Object.fromEntries(Object.keys(draft).map((name) => [name, ''])) as unknown as MintFilter
    setDraft(none)
    route(placeOf(none))
  }
  return (
    <form class="card form" onSubmit={submit} aria-label="Which mints">
      <div class="filters">
        <div class="field">
          <label for="status">Status</label>
          <select id="status" value={draft.status} onChange={choose('status')}>
            <option value="">All</option>
            {allStatuses.map((status) => (
              <option key={status} value={status}>
                {statusWord(status)}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="of-basket">Basket</label>
          <select id="of-basket" value={draft.basket} onChange={choose('basket')}>
            <option value="">All</option>
            {baskets.value.map((basket) => (
              <option key={basket.stablecoinAddress} value={basket.stablecoinAddress}>
                {basketName(basket)}
              </option>
            ))}
          </select>
        </div>
        <Field id="from" label="From" type="date" value={draft.from} onText={set('from')} />
        <Field id="to" label="To" type="date" value={draft.to} onText={set('to')} />
      </div>
      <details open={draft.beneficiary !== '' || draft.bankReference !== '' || draft.code !== '' || draft.tx !== ''}>
        <summary>Search for one mint</summary>
        <div class="filters more">
          <Field id="bank-reference" label="Bank reference" value={draft.bankReference} onText={set('bankReference')} />
          <Field
            id="beneficiary"
            label="Beneficiary"
            mono
            value={draft.beneficiary}
            onText={set('beneficiary')}
            tone={wrongAccount ? 'bad' : undefined}
            hint={wrongAccount ? '0x and 40 hexadecimal digits.' : undefined}
          />
          <Field
            id="tx"
            label="Transaction"
            mono
            value={draft.tx}
            onText={set('tx')}
            tone={wrongTx ? 'bad' : undefined}
            hint={wrongTx ? '0x and 64 hexadecimal digits.' : undefined}
          />
          <Field id="code" label="Reason (problem code)" mono value={draft.code} onText={set('code')} />
        </div>
      </details>
      <div class="card-foot">
        <button type="submit" class="button main">
          Show
        </button>
        {isFiltered(filter) ? (
          <button type="button" class="button" onClick={clear}>
            Show all
          </button>
        ) : null}
      </div>
    </form>
  )
}
