/** How each format that the local reserve API speaks says the same figures. */
import { createSign, generateKeyPairSync } from 'node:crypto'
import type { Figures } from './scenario'

/** The guide's format; a ripcord shows only while it is pulled, as the format has none. */
export function guideAnswer(figures: Figures, params: { accountName: string }): Response {
  const { reserve, observedAt, ripcord } = figures
  const answer = { accountName: params.accountName, totalReserve: reserve, lastUpdated: observedAt }
  return Response.json(ripcord ? { ...answer, ripcord } : answer)
}

/** LedgerLens for TUSD, with its JSON numbers written out of the decimal text. */
export function ledgerLensAnswer(figures: Figures, params: { accountName: string }): Response {
  const { reserve, observedAt, ripcord } = figures
  const name = JSON.stringify(params.accountName)
  const chain = `{"tokenName":"TUSD (ETH)","principle":${reserve},"totalTokenByChain":${reserve},"totalTrustByChain":${reserve},"bankBalances":{}}`
  const details = ripcord ? '["Balances"]' : '[]'
  const body = `{"accountName":${name},"totalTrust":${reserve},"totalToken":${reserve},"updatedAt":"${observedAt}","token":[${chain}],"ripcord":${ripcord},"ripcordDetails":${details}}`
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

/** BitGo's format with a key pair of this process. */
export function createBitGo(): {
  publicKey: string
  answer: (figures: Figures, params: { forged: boolean }) => Response
} {
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return {
    publicKey: keys.publicKey,
    answer({ reserve, observedAt, ripcord }, { forged }) {
      const data = JSON.stringify({
        totalReserve: reserve,
        cashReserve: reserve,
        investedReserve: '0.00',
        lastUpdated: observedAt,
      })
      const dataSignature = createSign('RSA-SHA256').update(data).sign(keys.privateKey, 'base64')
      const sent = forged ? data.replace(reserve, `9${reserve}`) : data
      return Response.json({ data: sent, dataSignature, ripcord })
    },
  }
}
