/** The console begins here. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './app'
import { startFollowing } from './live/follow'
import { startClock } from './live/now'
import { begin, card } from './session/session'
import { findWallets, offerDeveloperWallet } from './wallet/wallet'

const place = document.getElementById('console')
if (place !== null) render(<App />, place)
startClock()
findWallets()
effect(() => {
  const rpcUrl = card.value?.isLocal ? card.value.chain?.rpcUrl : undefined
  if (rpcUrl) offerDeveloperWallet(rpcUrl)
})
begin().then(startFollowing)
