import type { Incident } from '../../../src/core/model/incident/incident.ts'
import { instant, parseAsn, parseSha256 } from '../../../src/core/model/units.ts'

/** A revision made up for tests of stores and of publishing: an evening of YouTube on an invented network. */
export function revision(over: Partial<Incident> = {}): Incident {
  const at = (minutes: number) => instant(Date.UTC(2025, 0, 15, 15) + minutes * 60_000)
  const edge = (minutes: number) => ({
    kind: 'dated' as const,
    median: at(minutes),
    lo50: at(minutes - 1),
    hi50: at(minutes + 1),
    lo95: at(minutes - 3),
    hi95: at(minutes + 5),
    bracket: [at(minutes - 6), at(minutes + 6)] as const,
  })
  return {
    id: 'youtube-as64500-20250115T1502Z',
    service: 'youtube',
    asn: parseAsn(64500),
    revision: 1,
    revisedAt: at(600),
    reason: 'first',
    withdrawn: false,
    simulated: true,
    rulesVersion: 'made',
    state: 'restricted',
    running: false,
    start: edge(2),
    end: edge(124),
    episodes: 1,
    pOneEpisode: 0.9,
    mechanism: 'tls.timeout.sni',
    probes: 4,
    probesFailed: 4,
    readings: 32,
    bursts: 32,
    burstsFailed: 30,
    share: { value: 0.94, lo95: 0.85, hi95: 1 },
    peak: 0.999,
    curve: [{ at: at(0), p: 0.1 }],
    gaps: [],
    opinions: [],
    seed: 1,
    cause: {
      word: 'not-determined',
      log10Lr: 0.5,
      lo95: 0.1,
      hi95: 0.9,
      quoted: { log10Lr: 0.3, lo95: 0, hi95: 0.6, against: 'server-error' },
      support: 'none',
      items: [],
      leading: 'name-block',
      rival: { cause: 'server-error', log10Lr: 0.3 },
      posterior: {} as Incident['cause']['posterior'],
      grounds: [],
      unseen: [],
      table: 'made',
    },
    measurements: [parseSha256('a'.repeat(64)), parseSha256('b'.repeat(64))],
    ...over,
  }
}
