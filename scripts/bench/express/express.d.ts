/** The part of Express that the server uses; the package brings no types of its own. */
declare module 'express' {
  interface Response {
    status(code: number): Response
    json(body: unknown): void
  }
  interface Application {
    use(middleware: unknown): void
    post(path: string, handler: (request: { body: unknown }, response: Response) => Promise<void>): void
    listen(port: number, host: string): void
  }
  const express: { (): Application; json(): unknown }
  export default express
}
