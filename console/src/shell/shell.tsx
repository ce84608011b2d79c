/** What is on every page: the head with chain, connection and wallet, the list of pages, the place for the page itself. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { pagePath } from '../base/place'
import { shortTime } from '../base/time'
import { following, heardAt } from '../live/changes'
import { now } from '../live/now'
import { card } from '../session/session'
import { Icon } from '../ui/icon'
import { BasketChoice } from './basket-choice'
import { SignedIn } from './signed-in'
import { WalletButton } from './wallet-button'

const pages = [
  ['', 'Overview'],
  ['mints', 'Mints'],
  ['mint', 'New mint'],
  ['reserves', 'Reserves'],
  ['compliance', 'Compliance'],
  ['baskets', 'Baskets'],
  ['verify', 'Verify a balance'],
] as const

const staleAfterMs = 10_000

export function Shell({ children }: { children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null)
  const { path } = useLocation()
  const shown = useRef(path)
  useEffect(() => {
    // A reader of the screen hears that another page is there.
    if (shown.current !== path) main.current?.focus({ preventScroll: true })
    shown.current = path
  }, [path])
  const isStale = following.value === 'lost' && now.value - heardAt.value > staleAfterMs
  return (
    <div class={`shell ${isStale ? 'is-stale' : ''}`}>
      <button type="button" class="skip button" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header class="top">
        <button type="button" class="button plain menu-button" popovertarget="pages" aria-label="Pages">
          <Icon name="menu" />
        </button>
        <a class="brand" href={pagePath('')} aria-label="cre-backend, overview">
          <img src={iconAddress()} alt="" width="28" height="28" />
          <span>cre-backend</span>
        </a>
        <ChainName />
        <div class="top-end">
          <Following />
          <WalletButton />
          <SignedIn />
        </div>
      </header>
      <div class="side">
        <nav id="pages" popover="auto" aria-label="Pages">
          <BasketChoice />
          <ul>
            {pages.map(([page, name]) => (
              <li key={page}>
                <a href={pagePath(page)} aria-current={isCurrent(path, page) ? 'page' : undefined} onClick={closePages}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
      <main id="main" ref={main} tabIndex={-1}>
        <Insecure />
        {children}
      </main>
      {isStale ? (
        <p class="stale-note" role="status">
          No answer since {shortTime(new Date(heardAt.value).toISOString())}. What you see is of then; the console keeps
          trying.
        </p>
      ) : null}
    </div>
  )
}

function closePages(): void {
  const nav = document.getElementById('pages')
  if (nav?.matches(':popover-open')) nav.hidePopover()
}

function iconAddress(): string {
  return document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href ?? ''
}

function isCurrent(path: string, page: string): boolean {
  const at = pagePath(page)
  if (page === '') return path === at || `${path}/` === at
  return path === at || (page === 'mints' && path.startsWith(`${at}/`))
}

function ChainName() {
  const chain = card.value?.chain
  if (chain === undefined || chain === null) return null
  return card.value?.isLocal ? (
    <span class="chain test" title={`chain ${chain.id}`}>
      Local chain <span class="wide">{chain.id} · test money</span>
    </span>
  ) : (
    <span class="chain">{chain.name}</span>
  )
}

const words = {
  connecting: ['', 'Connecting'],
  stream: ['ok', 'Live'],
  asking: ['ok', 'Up to date'],
  lost: ['lost', 'Not connected'],
} as const

function Following() {
  const [tone, word] = words[following.value]
  return (
    <span class={`follow ${tone}`} title={word} role="status">
      {word}
    </span>
  )
}

/** A page over plain HTTP from another machine: browsers trust it with less, and so should people. */
function Insecure() {
  if (window.isSecureContext) return null
  return (
    <div class="notice warn insecure">
      <p class="notice-title">This page came over plain HTTP from another machine</p>
      <p>Whoever is in between can read and change it. Put a proxy with TLS before the gateway.</p>
    </div>
  )
}
