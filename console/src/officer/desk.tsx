/** The officer's desk: choose what is to change, get the calls that do it. */
import { useState } from 'preact/hooks'
import { basket, card } from '../session/session'
import { Field } from '../ui/field'
import { Card } from '../ui/page'
import { connected, isOnChain } from '../wallet/wallet'
import { CallCard } from './call-card'
import { type Command, type CommandInput, officerCommands } from './commands'
import type { PreparedCall } from './prepared'

const all = Object.values(officerCommands).flat()

export function Desk({ account }: { account: string }) {
  const [name, setName] = useState('register-kyc')
  const [words, setWords] = useState<Record<number, string>>({})
  const [calls, setCalls] = useState<PreparedCall[] | undefined>()
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const command = all.find((each) => each.name === name)
  const wallet = connected.value
  const wordAt = (at: number, { kind }: CommandInput) =>
    words[at] ?? (kind === 'account' ? account : kind === 'onOff' ? 'on' : '')
  const choose = (next: string) => {
    setName(next)
    setWords({})
    setCalls(undefined)
    setFault('')
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    if (wallet === undefined || command === undefined || basket.value === undefined) return
    setBusy(true)
    setFault('')
    setCalls(undefined)
    try {
      const { prepare } = await import('./prepare')
      const place = {
        wallet,
        factory: card.value?.basketFactory ?? '',
        stablecoin: basket.value.stablecoinAddress,
        decimals: basket.value.token?.decimals ?? 18,
      }
      setCalls(await prepare(place, command.name, given(command, wordAt)))
    } catch (error) {
      setFault((error as Error).message)
    }
    setBusy(false)
  }
  return (
    <Card title="Change something" id="desk">
      <form class="form" onSubmit={submit} noValidate>
        <div class="fields">
          <div class="field">
            <label for="command">What</label>
            <select id="command" value={name} onChange={(event) => choose(event.currentTarget.value)}>
              {Object.entries(officerCommands).map(([group, commands]) => (
                <optgroup key={group} label={group}>
                  {commands.map((each) => (
                    <option key={each.name} value={each.name}>
                      {each.title}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          </div>
          {command?.inputs.map((input, at) => (
            <Word
              key={`${name} ${input.label}`}
              input={input}
              id={`word-${at}`}
              value={wordAt(at, input)}
              onText={(text) => setWords({ ...words, [at]: text })}
            />
          ))}
        </div>
        <div class="card-foot">
          <button type="submit" class="button main" disabled={wallet === undefined || !isOnChain.value || busy}>
            {busy ? 'Reading the chain…' : 'Show the calls'}
          </button>
          <span class="muted small">
            {wallet === undefined
              ? 'Connect a wallet first: the calls depend on what the chain has now.'
              : 'Nothing is sent before you sign.'}
          </span>
        </div>
      </form>
      <p role="alert" class="hint bad">
        {fault}
      </p>
      {calls?.length === 0 ? <p>Nothing has to change: it is so already.</p> : null}
      <div class="stack">
        {calls?.map((call) => (
          <CallCard key={call.to + call.data} call={call} />
        ))}
      </div>
    </Card>
  )
}

/** The words of a command; what is optional and empty at the end is left out. */
function given({ inputs }: Command, wordAt: (at: number, input: CommandInput) => string): string[] {
  const words = inputs.map((input, at) => wordAt(at, input).trim())
  return inputs.at(-1)?.optional && words.at(-1) === '' ? words.slice(0, -1) : words
}

function Word({
  input,
  id,
  value,
  onText,
}: {
  input: CommandInput
  id: string
  value: string
  onText: (text: string) => void
}) {
  if (input.kind !== 'onOff') {
    const text = input.kind === 'country' ? (word: string) => onText(word.toUpperCase()) : onText
    return <Field id={id} label={input.label} mono={input.kind === 'account'} value={value} onText={text} />
  }
  return (
    <div class="field">
      <label for={id}>{input.label}</label>
      <select id={id} value={value} onChange={(event) => onText(event.currentTarget.value)}>
        <option value="on">in force</option>
        <option value="off">not in force</option>
      </select>
    </div>
  )
}
