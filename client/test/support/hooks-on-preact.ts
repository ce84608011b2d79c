/** The hooks with whatever is taken for `react`, and what renders them. */
export { createElement } from 'preact/compat'
export { createRoot } from 'preact/compat/client'
export * as hooks from '../../src/react'
