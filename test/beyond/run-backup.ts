// Backups while the folder is in use, and backups that are killed, many times at random moments: `npm test -- beyond
// backup`. Rounds and seed are in KUAGER_ROUNDS and KUAGER_SEED.
import { describe } from 'node:test'
import { isChosen } from './words.ts'

const SEED = (process.env['KUAGER_SEED'] ??= String(Date.now() % 1_000_000))

if (isChosen('backup')) {
  describe(`backups, seed ${SEED}`, () => undefined)
  await import('../../src/app/backup/meanwhile.test.ts')
}
