// Names the phases of the workflow.

/** The workflow says what it listens to. */
export const SUBSCRIBE = 'subscribe'
/** One of its handlers runs. */
export const TRIGGER = 'trigger'
