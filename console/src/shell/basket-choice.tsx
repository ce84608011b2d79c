/** Which basket the pages are about. */

import { shortHex } from '../base/hex'
import type { Basket } from '../base/types'
import { basket, baskets, choose } from '../session/session'

export function basketName({ name, token, stablecoinAddress }: Basket): string {
  return name ?? token?.name ?? shortHex(stablecoinAddress)
}

export function BasketChoice() {
  return (
    <div class="choose">
      <label for="basket">Basket</label>
      <select
        id="basket"
        value={basket.value?.stablecoinAddress ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
        disabled={baskets.value.length === 0}
      >
        {baskets.value.length === 0 ? <option value="">No basket</option> : null}
        {baskets.value.map((each) => (
          <option key={each.stablecoinAddress} value={each.stablecoinAddress}>
            {basketName(each)}
            {each.token?.symbol ? ` · ${each.token.symbol}` : ''}
          </option>
        ))}
      </select>
    </div>
  )
}
