/** A table that scrolls inside its box where the page is too narrow for it. */
import type { ComponentChildren } from 'preact'

export function TableBox({ name, kind = '', children }: { name: string; kind?: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class={`table-box ${kind}`} tabIndex={0} aria-label={name}>
      <table>
        <caption class="hidden">{name}</caption>
        {children}
      </table>
    </section>
  )
}
