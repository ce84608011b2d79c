/** Amounts, times, addresses and hashes, each shown the same way everywhere. */
import { useState } from 'preact/hooks'
import { grouped } from '../base/amount'
import { shortHex } from '../base/hex'
import { duration, longTime, shortTime } from '../base/time'
import { now } from '../live/now'
import { Icon } from './icon'

export function Amount({ of, unit }: { of: string; unit?: string | null }) {
  return (
    <span class="amount">
      {grouped(of)}
      {unit ? <span class="unit"> {unit}</span> : null}
    </span>
  )
}

export function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={longTime(at)}>
      {shortTime(at)}
    </time>
  )
}

/** How long ago, counted on. */
export function Age({ since }: { since: string }) {
  const seconds = (now.value - new Date(since).getTime()) / 1_000
  return (
    <time dateTime={since} title={longTime(since)}>
      {duration(seconds)} ago
    </time>
  )
}

/** An address or hash: shortened to read, whole to copy. */
export function Hex({ of, name, full = false }: { of: string; name?: string | null; full?: boolean }) {
  return (
    <span class="hex">
      {name ? <span class="hex-name">{name}</span> : null}
      <code title={of}>{full ? of : shortHex(of)}</code>
      <Copy text={of} what={name ?? shortHex(of)} />
    </span>
  )
}

/** The clipboard is only there on pages that the browser trusts (TLS, or this machine). */
export function Copy({ text, what, label }: { text: string; what: string; label?: string }) {
  const [done, setDone] = useState(false)
  if (navigator.clipboard === undefined) return null
  const copy = () =>
    navigator.clipboard.writeText(text).then(() => {
      setDone(true)
      setTimeout(() => setDone(false), 1_500)
    })
  return (
    <button
      type="button"
      class={label ? 'button small' : 'copy'}
      onClick={copy}
      aria-label={done ? 'Copied' : `Copy ${what}`}
    >
      <Icon name={done ? 'check' : 'copy'} />
      {label ? <span>{done ? 'Copied' : label}</span> : null}
    </button>
  )
}
