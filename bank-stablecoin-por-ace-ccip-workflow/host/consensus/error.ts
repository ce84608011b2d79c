// Defines the error of values that do not aggregate.

/** The observations do not aggregate; the message is the DON's. */
export class AggregationError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AggregationError'
  }
}
