/** Who uses the console, and what the gateway says of itself. */
import { computed, signal } from '@preact/signals'
import { ask, isCreError } from '../base/gateway'
import { sameAddress } from '../base/hex'
import type { Basket, Card, Scope, WhoAmI } from '../base/types'

export const card = signal<Card | undefined>(undefined)
export const who = signal<WhoAmI | undefined>(undefined)
/** Set where the gateway lets nobody in without a key: its own sentence why. */
export const keyNeeded = signal<string | undefined>(undefined)
export const startFault = signal<Error | undefined>(undefined)
export const baskets = signal<Basket[]>([])

const chosenKey = 'cre-console-basket'
const chosen = signal(read(chosenKey))

/** The basket that the pages are about. */
export const basket = computed(
  () =>
    baskets.value.find(({ stablecoinAddress }) => sameAddress(stablecoinAddress, chosen.value)) ??
    baskets.value.find((each) => each.default) ??
    baskets.value[0],
)

export function choose(stablecoin: string): void {
  chosen.value = stablecoin
  try {
    localStorage.setItem(chosenKey, stablecoin)
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function may(scope: Scope): boolean {
  return who.value?.scopes.includes(scope) ?? false
}

/** Whether every account's mints and events may be seen. */
export const mayAudit = computed(() => who.value?.scopes.includes('audit:read') ?? false)

/** Learns everything anew; what is wrong is in {@link startFault}. */
export async function begin(): Promise<void> {
  try {
    card.value = await ask<Card>('/')
    who.value = await ask<WhoAmI>('/whoami')
    keyNeeded.value = undefined
    startFault.value = undefined
    if (may('reserve:read')) await loadBaskets()
  } catch (error) {
    if (isCreError(error) && error.httpStatus === 401) {
      who.value = undefined
      keyNeeded.value = card.value?.keyNeeded ?? error.message
    } else startFault.value = error as Error
  }
}

export async function loadBaskets(): Promise<void> {
  const answer = await ask<{ baskets: Basket[] }>('/baskets')
  baskets.value = answer.baskets
}

/** Exchanges a key for a cookie that no script can read. */
export async function signIn(key: string): Promise<void> {
  await ask('/console/session', { method: 'POST', headers: { authorization: `Bearer ${key}` } })
  await begin()
}

export async function signOut(): Promise<void> {
  await ask('/console/session', { method: 'DELETE' })
  await begin()
}
