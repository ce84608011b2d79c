/** A workflow that calls whatever a test names: the capabilities of the DON, seen from inside. */
import {
  CronCapability,
  EVMClient,
  type EVMLog,
  HTTPCapability,
  HTTPClient,
  type HTTPPayload,
  type NodeRuntime,
  Runner,
  type Runtime,
  bigintToProtoBigInt,
  bytesToHex,
  consensusCommonPrefixAggregation,
  consensusCommonSuffixAggregation,
  consensusFrequencyListAggregation,
  consensusIdenticalAggregation,
  decodeJson,
  encodeCallMsg,
  handler,
  hexToBase64,
  logTriggerConfig,
  prepareReportRequest,
  protoBigIntToBigint,
  text,
} from '@chainlink/cre-sdk'

type Config = {
  chainSelectorName: string
  watched: string
  topic: string
  watchedToo?: string[]
  topicsToo?: string[]
  /** A schedule, and how many handlers more it fires. */
  schedule?: string
  more?: number
}
/** What a test asks for. */
type Question = {
  ask: string
  account?: string
  hash?: string
  url?: string
  method?: string
  body?: string
  count?: number
  maxAge?: string
  timeout?: string
  id?: string
  block?: string
}

const chain = new EVMClient(7759470850252068959n)

const block = (question: Question) =>
  question.block === undefined ? {} : { blockNumber: bigintToProtoBigInt(question.block) }

const questions: Record<string, (runtime: Runtime<Config>, question: Question) => unknown> = {
  balance(runtime, question) {
    const reply = chain
      .balanceAt(runtime, { account: hexToBase64(question.account ?? ''), ...block(question) })
      .result()
    return reply.balance && protoBigIntToBigint(reply.balance).toString()
  },
  header(runtime, question) {
    const { header } = chain.headerByNumber(runtime, block(question)).result()
    return (
      header && {
        number: header.blockNumber && protoBigIntToBigint(header.blockNumber).toString(),
        hash: bytesToHex(header.hash),
        timestamp: header.timestamp.toString(),
      }
    )
  },
  receipt(runtime, question) {
    const { receipt } = chain.getTransactionReceipt(runtime, { hash: hexToBase64(question.hash ?? '') }).result()
    return (
      receipt && { status: receipt.status.toString(), logs: receipt.logs.length, txHash: bytesToHex(receipt.txHash) }
    )
  },
  transaction(runtime, question) {
    const { transaction } = chain.getTransactionByHash(runtime, { hash: hexToBase64(question.hash ?? '') }).result()
    return (
      transaction && {
        to: bytesToHex(transaction.to),
        gas: transaction.gas.toString(),
        data: transaction.data.length,
      }
    )
  },
  logs(runtime, question) {
    const range = {
      fromBlock: bigintToProtoBigInt(question.block ?? '0'),
      addresses: [hexToBase64(runtime.config.watched)],
    }
    return chain
      .filterLogs(runtime, { filterQuery: range })
      .result()
      .logs.map((log) => bytesToHex(log.txHash))
  },
  gas(runtime, question) {
    const call = encodeCallMsg({
      from: '0x0000000000000000000000000000000000000001',
      to: (question.account ?? '0x') as `0x${string}`,
      data: '0x',
    })
    return chain.estimateGas(runtime, { msg: call }).result().gas.toString()
  },
  calls(runtime, question) {
    const call = encodeCallMsg({
      from: '0x0000000000000000000000000000000000000001',
      to: (question.account ?? '0x') as `0x${string}`,
      data: '0x',
    })
    for (let index = 0; index < (question.count ?? 1); index++) chain.callContract(runtime, { call }).result()
    return question.count
  },
  callsAtOnce(runtime, question) {
    const call = encodeCallMsg({
      from: '0x0000000000000000000000000000000000000001',
      to: '0x0000000000000000000000000000000000000001',
      data: '0x',
    })
    const begun = Array.from({ length: question.count ?? 0 }, () => chain.callContract(runtime, { call }))
    return begun.map((pending) => pending.result()).length
  },
  write(runtime, question) {
    const report = runtime.report(prepareReportRequest('0x00')).result()
    const gasConfig = { gasLimit: String(question.count ?? 1) }
    return chain.writeReport(runtime, { receiver: runtime.config.watched, report, gasConfig }).result().txStatus
  },
  report(runtime, question) {
    const report = runtime.report(prepareReportRequest(`0x${'00'.repeat(question.count ?? 0)}`)).result()
    return report.rawReport().length
  },
  secret(runtime, question) {
    const { value } = runtime.getSecret({ id: question.id ?? '' }).result()
    runtime.log(`the secret is ${value}`)
    return value.length
  },
  secretTold(runtime, question) {
    return runtime.getSecret({ id: question.id ?? '' }).result().value
  },
  secretThrown(runtime, question) {
    throw new Error(`no bank takes ${runtime.getSecret({ id: question.id ?? '' }).result().value}`)
  },
  nodeSecret(runtime, question) {
    const { value } = runtime.getSecret({ id: question.id ?? '' }).result()
    return runtime
      .runInNodeMode(() => [value.length], consensusFrequencyListAggregation<number>())()
      .result()
      .map(({ count }) => count.value.toString())
  },
  fetch(runtime, question) {
    const fetchOnce = (node: NodeRuntime<Config>) => {
      let last = ''
      const times = question.method === 'POST' ? 1 : (question.count ?? 1)
      for (let index = 0; index < times; index++) {
        const cacheSettings =
          question.maxAge === undefined ? {} : { cacheSettings: { store: true, maxAge: question.maxAge } }
        const request = {
          url: question.url ?? '',
          method: question.method ?? 'GET',
          body: question.body ?? (question.method === 'POST' ? 'x'.repeat(question.count ?? 0) : ''),
          ...(question.timeout === undefined ? {} : { timeout: question.timeout }),
          ...cacheSettings,
        }
        last = text(new HTTPClient().sendRequest(node, request).result())
      }
      return last
    }
    return runtime.runInNodeMode(fetchOnce, consensusIdenticalAggregation<string>())().result()
  },
  random(runtime) {
    const drawn = [Math.random(), Math.random(), Math.random()]
    const nodes = runtime
      .runInNodeMode(() => [Math.random()], consensusFrequencyListAggregation<number>())()
      .result()
    return { drawn, again: Math.random(), different: nodes.length }
  },
  time(runtime) {
    const [first, second] = [runtime.now().getTime(), runtime.now().getTime()]
    const clocks = runtime
      .runInNodeMode((node) => [node.now().getTime()], consensusFrequencyListAggregation<number>())()
      .result()
    return { first, second, clocks: clocks.map(({ value }) => value) }
  },
  prefix: (runtime) =>
    runtime
      .runInNodeMode(() => ['a', 'b', 'c'], consensusCommonPrefixAggregation<string>())()
      .result(),
  suffix: (runtime) =>
    runtime
      .runInNodeMode(() => ['a', 'b', 'c'], consensusCommonSuffixAggregation<string>())()
      .result(),
  nodeModeChain(runtime) {
    const call = encodeCallMsg({
      from: '0x0000000000000000000000000000000000000001',
      to: '0x0000000000000000000000000000000000000001',
      data: '0x',
    })
    const inNode = (node: NodeRuntime<Config>) =>
      chain.callContract(node as unknown as Runtime<Config>, { call }).result().data.length
    return runtime.runInNodeMode(inNode, consensusIdenticalAggregation<number>())().result()
  },
  donModeFetch(runtime, question) {
    const node = runtime as unknown as NodeRuntime<Config>
    return text(new HTTPClient().sendRequest(node, { url: question.url ?? '', method: 'GET' }).result())
  },
  unknownChain(runtime) {
    return new EVMClient(1n).headerByNumber(runtime, {}).result().header?.timestamp.toString() ?? ''
  },
  globals: () => Reflect.ownKeys(globalThis).filter((name) => typeof name === 'string'),
  sandbox() {
    const scope = globalThis as unknown as Record<string, unknown>
    return ['fetch', 'setTimeout', 'process', 'require', 'crypto', 'postMessage', 'Worker'].filter(
      (name) => scope[name] !== undefined,
    )
  },
  observeMany(runtime, question) {
    const observe = () =>
      runtime
        .runInNodeMode(() => 'seen', consensusIdenticalAggregation<string>())()
        .result()
    return Array.from({ length: question.count ?? 0 }, observe).length
  },
  observe(runtime, question) {
    const observed = runtime.runInNodeMode(
      () => 'x'.repeat(question.count ?? 0),
      consensusIdenticalAggregation<string>(),
    )()
    return observed.result().length
  },
  answer: (_runtime, question) => 'x'.repeat(question.count ?? 0),
  secrets(runtime, question) {
    const requests = Array.from({ length: question.count ?? 0 }, (_, index) => ({ id: `SECRET_${index}` }))
    return Object.keys(runtime.getSecrets(requests).result()).length
  },
  logLong(runtime, question) {
    runtime.log('x'.repeat(question.count ?? 0))
  },
  logMany(runtime, question) {
    for (let index = 0; index < (question.count ?? 0); index++) runtime.log(`line ${index}`)
    return question.count
  },
}

const onQuestion = (runtime: Runtime<Config>, payload: HTTPPayload) => {
  const question = decodeJson(payload.input) as Question
  const ask = questions[question.ask]
  if (ask === undefined) throw new Error(`no question ${question.ask}`)
  return { answer: JSON.stringify(ask(runtime, question)) }
}

const onLog = (_runtime: Runtime<Config>, log: EVMLog) => ({
  answer: JSON.stringify({
    address: bytesToHex(log.address),
    topic: bytesToHex(log.eventSig),
    txHash: bytesToHex(log.txHash),
  }),
})

export async function main() {
  const runner = await Runner.newRunner<Config>()
  await runner.run((config) => [
    handler(new HTTPCapability().trigger({}), onQuestion),
    handler(
      chain.logTrigger(
        logTriggerConfig({
          addresses: [config.watched, ...(config.watchedToo ?? [])] as `0x${string}`[],
          topics: [[config.topic, ...(config.topicsToo ?? [])] as `0x${string}`[]],
        }),
      ),
      onLog,
    ),
    ...Array.from({ length: config.schedule === undefined ? 0 : 1 + (config.more ?? 0) }, () =>
      handler(new CronCapability().trigger({ schedule: config.schedule ?? '' }), () => ({ answer: '"fired"' })),
    ),
  ])
}
