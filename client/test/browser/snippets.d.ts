/** The guide's snippets, which the tests take out of docs/client.md. */
declare module '@guide' {
  export function MintButton(): import('react').JSX.Element
}
