// Defines the host's errors and the codes that callers see.

/** Stable codes of the failures that end a run with exit code 2. */
export type HostErrorCode =
  | 'HOST_ERROR'
  | 'RPC_UNAVAILABLE'
  | 'CONFIG_REFUSED'
  | 'FILES_UNAVAILABLE'
  | 'NODES_FAILED'
  | 'TRANSMITTER_UNFUNDED'

/** The host could not run the workflow; the failure is not the workflow's own. */
export class HostError extends Error {
  constructor(
    readonly code: HostErrorCode,
    message: string,
  ) {
    super(message)
    this.name = 'HostError'
  }
}

/** The workflow threw; its own sentence. */
export class WorkflowError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WorkflowError'
  }
}

/** Names of the SDK's capability error codes that this host uses. */
export type CapabilityErrorCode =
  | 'InvalidArgument'
  | 'DeadlineExceeded'
  | 'NotFound'
  | 'Unavailable'
  | 'FailedPrecondition'
  | 'ConsensusFailed'
  | 'LimitExceeded'
  | 'InsufficientObservations'
  | 'Unimplemented'

/** A capability's refusal; it crosses to the guest as `visibility:origin:code:message`, which the SDK parses. */
export class CapabilityError extends Error {
  constructor(
    readonly code: CapabilityErrorCode,
    message: string,
    readonly origin: 'User' | 'System' = 'User',
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'CapabilityError'
  }

  /** The form in which the error crosses to the guest. */
  toWire(): string {
    return `Public:${this.origin}:${this.code}:${this.message}`
  }
}

/** The signer does not sign this; a sentence of ours that says why. */
export class SigningRefused extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'SigningRefused'
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
