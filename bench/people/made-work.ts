import { createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type { WorkFor } from '../../src/web/work/contract.ts'

const COST = 1000
const MINUTES_20_S = 1200

/**
 * A challenge and its solution as the pages send them, made by whoever knows the secret: with an answer chosen, one try
 * instead of a thousand. Written anew here, so that what the server takes is what the form says (altcha, version 2).
 */
export function makeWork(secret: string, purpose: WorkFor, now: number): string {
  const answer = createHmac('sha256', secret).update('answer').digest('hex')
  const [nonce, salt] = [randomBytes(16), randomBytes(16)]
  const derived = pbkdf2Sync(Buffer.concat([nonce, Buffer.alloc(4)]), salt, COST, 32, 'sha256')
  // In the order of their names: what is signed is the JSON of the sorted members.
  const parameters = {
    algorithm: 'PBKDF2/SHA-256',
    cost: COST,
    data: { for: purpose, until: Math.floor(now / 1000) + MINUTES_20_S },
    keyLength: 32,
    keyPrefix: derived.toString('hex', 0, 16),
    keySignature: createHmac('sha256', answer).update(derived).digest('hex'),
    nonce: nonce.toString('hex'),
    salt: salt.toString('hex'),
  }
  const signature = createHmac('sha256', secret).update(JSON.stringify(parameters)).digest('hex')
  const solution = { counter: 0, derivedKey: derived.toString('hex') }
  return Buffer.from(JSON.stringify({ challenge: { parameters, signature }, solution })).toString('base64')
}
