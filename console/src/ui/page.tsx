/** The frame of every page: its title, a sentence, what can be done there. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

export function Page({
  title,
  lead,
  actions,
  children,
}: {
  title: string
  lead?: ComponentChildren
  actions?: ComponentChildren
  children: ComponentChildren
}) {
  useEffect(() => {
    document.title = `${title} · cre-backend`
  }, [title])
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          {lead ? <p>{lead}</p> : null}
        </div>
        {actions}
      </header>
      <div class="stack">{children}</div>
    </>
  )
}

export function Card({
  title,
  id,
  end,
  children,
}: {
  title: string
  id: string
  end?: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <section class="card" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {end}
      </div>
      {children}
    </section>
  )
}

export function Stat({
  name,
  note,
  children,
}: {
  name: string
  note?: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <div class="stat">
      <dt class="stat-name">{name}</dt>
      <dd>
        <div class="stat-value">{children}</div>
        {note ? <div class="stat-note">{note}</div> : null}
      </dd>
    </div>
  )
}
