/** The mint that an error is about; a refusal is kept as a mint too. */
import { isCreError } from '../base/gateway'

export function mintIdOf(error: unknown): string | undefined {
  return isCreError(error) ? error.mintId : undefined
}
