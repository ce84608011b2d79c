/**
 * The workflow's configuration in the local stack: the checked-in one, byte for byte, but for the factory and the port of
 * the local reserve API. The checked-in file itself is never written.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Address } from 'viem'
import type { StackSettings } from './settings'

/** Where the checked-in configuration expects the local reserve API. */
const checkedInOrigin = 'http://127.0.0.1:3002/'

export function writeWorkflowConfig(
  { checkedInConfig, workflowConfig, reserveApiUrl }: StackSettings,
  { basketFactory }: { basketFactory: Address },
): void {
  const text = readFileSync(checkedInConfig, 'utf8')
  const ofStack = text.replace(/("basketFactory": ")0x[0-9a-fA-F]{40}/, `$1${basketFactory}`)
  writeFileSync(workflowConfig, ofStack.replaceAll(checkedInOrigin, `${reserveApiUrl}/`))
}
