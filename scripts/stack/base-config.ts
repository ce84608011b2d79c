/**
 * The workflow's base configuration in the local stack: the checked-in one, byte for byte, but for the port of the local
 * reserve API. The checked-in file itself is never written.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { StackSettings } from './settings'

/** Where the checked-in configuration expects the local reserve API. */
const checkedInOrigin = 'http://127.0.0.1:3002/'

export function writeBaseConfig({ checkedInConfig, baseConfig, reserveApiUrl }: StackSettings): void {
  const text = readFileSync(checkedInConfig, 'utf8')
  writeFileSync(baseConfig, text.replaceAll(checkedInOrigin, `${reserveApiUrl}/`))
}
