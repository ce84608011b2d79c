/** `bun run test/soak.ts [--runs 500] [--serving]` prints a table of memory and threads; see support/soak.ts. */
import { parseArgs } from 'node:util'
import { soak, soakServing } from './support/soak'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '500' }, serving: { type: 'boolean', default: false } },
})
const runs = Number(values.runs)
console.log('runs\tRSS MiB\tthreads')
await (values.serving ? soakServing : soak)({
  runs,
  every: Math.max(1, Math.floor(runs / 10)),
  onSample: (sample) => console.log(`${sample.runs}\t${sample.rssMiB}\t${sample.threads}`),
})
