/** How a mint goes, step by step: who saw what, who signed, what the chain says. */
import type { ComponentChildren } from 'preact'
import { milliseconds } from '../../base/time'
import type { Mint, Run } from '../../base/types'
import { Icon, type IconName } from '../../ui/icon'
import { Time } from '../../ui/text'
import {
  AcceptedDetail,
  ComplianceDetail,
  MintedDetail,
  ReportDetail,
  ReservesDetail,
  TransactionDetail,
} from './details'
import { Ending } from './ending'
import type { Step, StepName, StepState, Story } from './steps'

const titles: Record<StepName, string> = {
  accepted: 'Order received',
  admission: 'Refused before it began',
  compliance: 'Compliance (ACE)',
  reserves: 'Proof of reserves',
  report: 'Signed report',
  transaction: 'Transaction',
  minted: 'Minted',
  final: 'Final',
}

const looks: Record<StepState, { tone: string; icon: IconName; hidden: string }> = {
  done: { tone: 'good', icon: 'check', hidden: 'done' },
  busy: { tone: 'busy', icon: 'wait', hidden: 'under way' },
  held: { tone: 'warn', icon: 'alert', hidden: 'held up' },
  refused: { tone: 'bad', icon: 'cross', hidden: 'ended here' },
  open: { tone: 'open', icon: 'dash', hidden: 'still to come' },
}

export function Timeline({ mint, story }: { mint: Mint; story: Story }) {
  const end = story.steps.findIndex(({ state }) => state === 'refused')
  const shown = end === -1 ? story.steps : story.steps.slice(0, end + 1)
  return (
    <ol class="timeline">
      {shown.map((step) => (
        <Row key={step.name} step={step} mint={mint} run={story.run} />
      ))}
    </ol>
  )
}

function Row({ step, mint, run }: { step: Step; mint: Mint; run: Run | undefined }) {
  const { tone, icon, hidden } = looks[step.state]
  return (
    <li class={tone}>
      <span class="mark">
        <Icon name={icon} />
      </span>
      <div class="what">
        <h3>
          {titles[step.name]}
          <span class="hidden">: {hidden}</span>
        </h3>
        <div class="detail">{detailOf(step, mint, run)}</div>
      </div>
      <span class="when">
        {step.name === 'accepted' ? (
          <Time at={mint.createdAt} />
        ) : step.tookMs === undefined ? null : (
          milliseconds(step.tookMs)
        )}
      </span>
    </li>
  )
}

function detailOf({ name, state }: Step, mint: Mint, run: Run | undefined): ComponentChildren {
  if (state === 'open') return null
  if (state === 'refused' || state === 'held') {
    return (
      <>
        {run && name === 'reserves' ? <ReservesDetail run={run} /> : null}
        <Ending mint={mint} />
      </>
    )
  }
  if (state === 'busy') return <p>{busyWords[name]}</p>
  switch (name) {
    case 'accepted':
      return <AcceptedDetail mint={mint} />
    case 'admission':
      return null
    case 'compliance':
      return <ComplianceDetail run={run} />
    case 'reserves':
      return run ? <ReservesDetail run={run} /> : null
    case 'report':
      return run ? <ReportDetail run={run} /> : null
    case 'transaction':
      return <TransactionDetail mint={mint} run={run} />
    case 'minted':
      return <MintedDetail mint={mint} />
    case 'final':
      return <p>The block is final: nothing takes this mint back.</p>
  }
}

const busyWords: Record<StepName, string> = {
  accepted: 'The gateway looks at it.',
  admission: 'The gateway looks at it.',
  compliance: 'The nodes ask compliance and the reserves. What each one saw is shown when their run ends.',
  reserves: 'The nodes ask the source of the reserves.',
  report: 'The nodes sign the report.',
  transaction: 'The report is on its way to the chain.',
  minted: 'The gateway reads the mint back from the chain.',
  final: 'It is in a block. On the local chain that block is final after about ten seconds; elsewhere it takes longer.',
}
