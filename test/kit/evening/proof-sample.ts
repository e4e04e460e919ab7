import type { PublishedBundle, PublishedBundles } from '../../../src/site/incident/published-bundles.ts'
import type { SiteLogView } from '../../../src/site/verify/page/proof.ts'
import { parseInstant } from '../../../src/core/model/units.ts'
import { SAMPLE_KINDS } from './incident-sample.ts'

/** Keys of the golden example of C2SP's formats (docs/formats/log.md): nobody signs anything of ours with them. */
const OLD = 'kuager.example/log+f301a76d+AahMdhK8zu2Heur/927+E4zvFgYYIXmC2diiK/j8L43Y'
const NEW = 'kuager.example/log+9e62f606+ADxcKJcMVrGQlpVeGZ1ATZez36pKo38u2flESUUp7tTt'

/** A log that has everything that one can show: two keys, a checkpoint, an authority that fails, a witness that never answered. */
export const sampleLog: SiteLogView = {
  origin: 'kuager.example/log',
  keys: [
    { line: OLD, since: parseInstant('2026-01-10T06:00:00Z'), until: parseInstant('2026-02-20T06:00:00Z') },
    { line: NEW, since: parseInstant('2026-02-20T06:00:00Z') },
  ],
  checkpoint: {
    size: 1_234_567,
    at: parseInstant('2026-03-05T16:40:05Z'),
    text: 'kuager.example/log\n1234567\n/hSlQm+9cMD6c/UjQq/tDaC9I8SDhmLM9riKMHDq2Xs=\n\n\u2014 kuager.example/log nmL2BkQNoH+Ve7+m8r9jsscwRoTakAqhnJIkn3z/14iUIEWJpxLTkf7fDA/LTM3q6mZS7VaReSW0QGY8nhp6gc=\n',
  },
  authorities: [
    { name: 'freetsa.org', last: { at: parseInstant('2026-03-05T16:00:09Z'), size: 1_234_100 }, failures: 0 },
    {
      name: 'stamps.example',
      last: { at: parseInstant('2026-03-04T11:00:02Z'), size: 1_200_001 },
      failures: 14,
    },
  ],
  witnesses: [
    { name: 'witness.example/w1', last: { at: parseInstant('2026-03-05T16:40:11Z'), size: 1_234_567 }, failures: 0 },
    { name: 'second-witness.example/w2', failures: 0 },
  ],
  quorum: 'met',
}

const BUNDLE: PublishedBundle = {
  name: 'kuager-youtube-as64500-r1',
  bytes: 12_345_678,
  madeAt: parseInstant('2026-03-05T18:00:00Z'),
  incident: { id: SAMPLE_KINDS.finished.id, revision: 1 },
  simulated: true,
  exhibits: ['kk', 'ru', 'en'],
  sha512: 'c4'.repeat(64),
}
export const SAMPLE_BUNDLE_BYTES = new Uint8Array(BUNDLE.bytes).fill(0x6b)

/** One bundle, of the finished incident of the sample. */
export const sampleBundles: PublishedBundles = {
  about: (incident) => Promise.resolve(incident === BUNDLE.incident?.id ? [BUNDLE] : []),
  exhibit: (name) => Promise.resolve(name === BUNDLE.name ? Buffer.from('%PDF-1.7') : undefined),
  again: () => undefined,
  find: (name) => Promise.resolve(name === BUNDLE.name ? BUNDLE : undefined),
  open: (name) =>
    Promise.resolve(
      name === BUNDLE.name ? { bytes: BUNDLE.bytes, stream: new Blob([SAMPLE_BUNDLE_BYTES]).stream() } : undefined,
    ),
}
export const SAMPLE_BUNDLE = BUNDLE
