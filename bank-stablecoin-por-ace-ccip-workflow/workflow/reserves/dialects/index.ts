// Reads an answer in the dialect that the source speaks.

import type { HttpSource } from '../../config/reserve-sources'
import { readHarrisTrotter, readLedgerLensTusd, readNetworkFirmV1, readNetworkFirmV2, readPaxos } from './attestors'
import { readBitGo } from './bitgo'
import { BRIDGE_PATHS, readBridge } from './bridge'
import type { Reading } from './fields'
import { readGuide } from './guide'

/** What a source's URL is extended by, one entry per request. */
export function pathsOf(settings: HttpSource): readonly string[] {
  return settings.dialect === 'bridge' ? BRIDGE_PATHS : ['']
}

/** Reads a source's answers, in the order of `pathsOf`; throws SourceError for an answer that does not count. */
export function readAnswer(
  bodies: string[],
  params: { settings: HttpSource; shorthand: boolean; askedAt: number },
): Reading {
  const { settings } = params
  const body = bodies[0] ?? ''
  switch (settings.dialect) {
    case 'guide':
      return readGuide(body, { nameRequired: params.shorthand })
    case 'ledgerlens-tusd':
      return readLedgerLensTusd(body)
    case 'network-firm-v1':
      return readNetworkFirmV1(body)
    case 'network-firm-v2':
      return readNetworkFirmV2(body)
    case 'harris-trotter':
      return readHarrisTrotter(body)
    case 'paxos':
      return readPaxos(body)
    case 'bitgo':
      return readBitGo(body, { publicKey: settings.publicKey })
    case 'bridge':
      return readBridge(bodies, { currency: settings.unit, askedAt: params.askedAt })
  }
}
