/** JSON-RPC to the chain under test, one call at a time or many in one request. */

interface Reply {
  id: number;
  result?: unknown;
  error?: { message: string };
}

export interface Call {
  method: string;
  params: unknown[];
}

/** Calls in one request. */
const batchSize = 200;

export class Rpc {
  constructor(readonly url: string) {}

  async call<Result>(method: string, params: unknown[]): Promise<Result> {
    return resultOf<Result>(method, (await this.post({ jsonrpc: "2.0", id: 0, method, params })) as Reply);
  }

  /** The results in the order of the calls. */
  async batch<Result>(calls: Call[]): Promise<Result[]> {
    const results: Result[] = [];
    for (let start = 0; start < calls.length; start += batchSize) {
      const part = calls.slice(start, start + batchSize);
      const replies = (await this.post(part.map((call, id) => ({ jsonrpc: "2.0", id, ...call })))) as Reply[];
      for (const reply of replies.sort((a, b) => a.id - b.id)) {
        results.push(resultOf<Result>(part[reply.id]?.method ?? "", reply));
      }
    }
    return results;
  }

  private async post(body: unknown): Promise<unknown> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return response.json();
  }
}

function resultOf<Result>(method: string, { result, error }: Reply): Result {
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result as Result;
}
