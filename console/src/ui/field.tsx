/** A labelled input with a line below it for what is to be known or wrong. */
import type { ComponentChildren } from 'preact'

interface FieldProps {
  id: string
  label: string
  value: string
  onText: (text: string) => void
  onBlur?: () => void
  hint?: ComponentChildren
  tone?: 'bad' | 'good' | undefined
  unit?: string
  type?: 'text' | 'password' | 'date'
  /** For addresses, hashes and keys. */
  mono?: boolean
  placeholder?: string
  inputMode?: 'text' | 'decimal'
  required?: boolean
}

export function Field({
  id,
  label,
  value,
  onText,
  onBlur,
  hint,
  tone,
  unit,
  mono,
  type = 'text',
  ...input
}: FieldProps) {
  const element = (
    <input
      {...(type === 'text' ? { type } : type === 'date' ? { type } : { type })}
      id={id}
      name={id}
      class={mono ? 'code' : ''}
      autoComplete="off"
      spellcheck={false}
      aria-describedby={`${id}-hint`}
      aria-invalid={tone === 'bad'}
      value={value}
      onInput={(event) => onText(event.currentTarget.value)}
      onBlur={onBlur}
      {...input}
    />
  )
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {unit === undefined ? (
        element
      ) : (
        <div class="with-unit">
          {element}
          <span aria-hidden="true">{unit}</span>
        </div>
      )}
      <div id={`${id}-hint`} class={`hint ${tone ?? ''}`} aria-live="polite">
        {hint}
      </div>
    </div>
  )
}
