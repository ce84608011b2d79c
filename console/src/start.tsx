/** The console begins here. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './app'
import { startFollowing } from './live/follow'
import { startClock } from './live/now'
import { begin, card, who } from './session/session'
import { findWallets, offerDeveloperWallet } from './wallet/wallet'

const place = document.getElementById('console')
if (place !== null) render(<App />, place)
startClock()
findWallets()
effect(() => {
  const rpcUrl = card.value?.isLocal ? card.value.chain?.rpcUrl : undefined
  if (rpcUrl) offerDeveloperWallet(rpcUrl)
})
effect(() => {
  const me = who.value
  if (me !== undefined) return startFollowing({ byStream: me.scopes.includes('event:read') })
})
begin()
